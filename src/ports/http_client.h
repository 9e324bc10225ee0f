// Sends HTTP POST requests to an app's server.
//
// Lives here: the port.
// Not here:   libcurl and the address rules (webpost/), what is posted (push/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vocabulary/instant.h"

namespace updraft {

struct Parcel {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Millis timeout{10'000};
};

struct Receipt {
    int status = 0;                          // 0: no HTTP answer; `trouble` says why.
    std::string body;                        // At most 64 KiB of it.
    bool body_cut = false;                   // The answer had more bytes than that.
    std::optional<std::string> retry_after;  // The field's value, unparsed.
    std::string trouble;
    Millis duration{0};
};

// Safe to call from any thread. Redirects are not followed; only allowed addresses are connected
// to.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    // Never blocks. `done` is called exactly once, on a thread of the client, and must return
    // quickly.
    virtual void post(Parcel parcel, std::function<void(Receipt)> done) = 0;
};

}  // namespace updraft
