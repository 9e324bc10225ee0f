// The server that commands talk to, and whether a token may travel there.
//
// Lives here: which addresses are this machine, which URLs are too open for a token, and from where
//             the token is read.
//
// Not here:   the call itself (cli/client.h), the flags that fill an Endpoint (cli/operate.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::cli {

struct Endpoint {
    std::string url = "http://127.0.0.1:8080";
    Secret token;
    std::string ca_file;  // Trusted certificates; empty: those of the system.
    // "sha256//…": only a server with this public key is trusted, whoever issued its certificate.
    std::string pinned_key{};
    // True: the token may be sent over http:// to another machine, where others can read it.
    bool insecure_http = false;
};

// What is said of the flag that sets insecure_http.
inline constexpr auto const* insecure_http_help =
    "Send the token over http:// to another machine too. Whoever is on the way can read it.";

// Where the command line says that the token is.
struct TokenFlags {
    std::optional<std::string> token = {};
    std::optional<std::string> token_file = {};
};

// The token of one of the flags; without both, of UPDRAFT_ADMIN_TOKEN or UPDRAFT_ADMIN_TOKEN_FILE,
// which are not set when they are empty; without these, of `standard_file` if that exists, else an
// empty one. Errc::invalid when both flags are given, or both variables are set and no flag is
// given, when a named file is missing, or when the token is not one word; other errors as
// read_secret_file(). No error contains the token.
[[nodiscard]] Result<Secret> read_token(TokenFlags const& given, std::string const& standard_file);

// The URL without white space around it and without '/' at its end.
[[nodiscard]] std::string server_url(std::string_view given);

// True when both URLs mean the same server, and the same path on it: a name in another case, and a
// port that is the scheme's own, make no difference. False when one cannot be understood.
[[nodiscard]] bool same_server(std::string const& a, std::string const& b);

// True for localhost and names that end with .localhost, 127.0.0.0/8, 0.0.0.0, ::1 and ::: no proxy
// is used for them, whatever the environment says.
[[nodiscard]] bool is_loopback(std::string const& url);

// Errc::forbidden when the token would leave this machine unencrypted, and insecure_http is not
// set. Errc::invalid when the URL cannot be understood.
[[nodiscard]] Result<void> may_take_token(Endpoint const& endpoint);

}  // namespace updraft::cli
