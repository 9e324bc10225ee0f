// One request and its answer, carried out by libcurl.
//
// Lives here: the options of a request, the limits of its answer.
//
// Not here:   the list of requests, retries (bucket/client.h).
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
    Pairs headers{};                   // All of them are signed.
    Content const* content = nullptr;  // The body of a PUT.
    Client::Sink const* sink = nullptr;
    std::size_t attempts = 3;
};

// One attempt. libcurl keeps its address during exchange(), so it must not move.
struct Exchange {
    Request const& request;
    std::atomic<bool> const& stopping;
    std::int64_t sink_from = 0;  // Bytes that earlier attempts passed to the sink.
    std::string if_match{};      // ETag of the object that those bytes came from.

    long status = 0;
    Facts facts{};
    std::string body{};          // Cut at its limit; empty when the bytes go to a sink.
    std::int64_t sunk = 0;       // Bytes that this attempt passed to the sink.
    std::optional<Error> own{};  // The error of `content->read` or of the sink.
    std::string trouble{};       // Why there was no answer.
    std::int64_t sent = 0;
    curl_slist* fields = nullptr;
    CURL* easy = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
};

// Sends the request and blocks until the answer. Afterwards `status` is that of the answer, or 0
// with the reason in `trouble`.
void exchange(CURL* easy, std::string const& url, Pairs const& fields,
              std::string const& user_agent, Exchange& exchange);

}  // namespace updraft::bucket
