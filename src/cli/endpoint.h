// The server that commands talk to, and whether a token may travel there.
//
// Lives here: which addresses are this machine, and which URLs are too open for a token.
//
// Not here:   the call itself (cli/client.h), the flags that fill an Endpoint (cli/operate.h).
#pragma once

#include <string>

#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::cli {

struct Endpoint {
    std::string url = "http://127.0.0.1:8080";
    Secret token;
    std::string ca_file;  // Trusted certificates; empty: those of the system.
    // True: the token may be sent over http:// to another machine, where others can read it.
    bool insecure_http = false;
};

// What is said of the flag that sets insecure_http.
inline constexpr auto const* insecure_http_help =
    "Send the token over http:// to another machine too. Whoever is on the way can read it.";

// True for localhost, 127.0.0.0/8 and ::1: no proxy is used for them, whatever the environment
// says.
[[nodiscard]] bool is_loopback(std::string const& url);

// Errc::forbidden when the token would leave this machine unencrypted, and insecure_http is not
// set. Errc::invalid when the URL cannot be understood.
[[nodiscard]] Result<void> may_take_token(Endpoint const& endpoint);

}  // namespace updraft::cli
