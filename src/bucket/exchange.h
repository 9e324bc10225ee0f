// One request and its answer as libcurl sees them.
//
// Lives here: the options of a request, the limits of its answer.
// Not here:   which requests there are, second attempts (bucket/client.h).
#pragma once

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "bucket/client.h"

namespace updraft::bucket {

struct Request {
    std::string method;
    std::string key{};
    Pairs query{};
    Pairs headers{};                   // Signed.
    Content const* content = nullptr;  // Of a PUT.
    Client::Sink const* sink = nullptr;
    std::size_t attempts = 3;
};

// Stays where it is while libcurl works on it.
struct Exchange {
    Request const& request;
    std::atomic<bool> const& stopping;
    std::int64_t sink_from = 0;  // So many bytes are in the sink already.
    std::string if_match{};      // Of which object they were.

    long status = 0;
    Facts facts{};
    std::string body{};          // Cut at its limit; never of what goes to a sink.
    std::int64_t sunk = 0;       // In this exchange.
    std::optional<Error> own{};  // Reading what is sent, or keeping what comes, failed.
    std::string trouble{};       // Why there is no answer.
    std::int64_t sent = 0;
    curl_slist* fields = nullptr;
    CURL* easy = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
};

// Sends it and waits. Afterwards `status` is the answer's, or 0 and `trouble` says why.
void exchange(CURL* easy, std::string const& url, Pairs const& fields,
              std::string const& user_agent, Exchange& exchange);

}  // namespace updraft::bucket
