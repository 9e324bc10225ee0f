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

// Why there is no complete HTTP answer.
enum class PostFault : std::uint8_t {
    none,
    dns,      // The host's name has no address, or the name servers did not answer.
    blocked,  // The address is not one that may be connected to.
    connect,  // No connection was made.
    tls,      // The handshake failed, or the certificate is not trusted.
    timeout,  // The answer was not complete in time.
    closed,   // The connection ended before the answer was complete.
    body,     // The answer is longer than is read.
};

struct Receipt {
    int status = 0;                          // 0: no HTTP answer.
    std::string body;                        // At most 64 KiB of it.
    bool body_cut = false;                   // The answer had more bytes than that.
    std::optional<std::string> retry_after;  // The field's value, unparsed.
    PostFault fault = PostFault::none;
    // What the library says about the fault: may name hosts and addresses, so only for the log.
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
