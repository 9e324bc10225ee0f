// Authorisation codes (RFC 6749, 4.1): a user said yes on the operator's login page, and the app
// fetches its tokens.
//
// Lives here: minting a code and redeeming it once.
// Not here:   the login page (the operator's), the form of the calls (openota, admin).
#pragma once

#include <optional>
#include <string>

#include "access/token.h"

namespace updraft::access {

inline constexpr std::size_t redirect_uri_bytes_max = 2048;
inline constexpr std::size_t state_bytes_max = 1024;

struct Authorized {
    Secret code;
    std::string redirect_to;  // redirect_uri with code, and state when given, added to its query.
};
struct AuthorizationAsk {
    Caller caller;
    std::string redirect_uri;  // An absolute http(s) URI without a fragment.
    std::optional<std::string> state;
};
// Errc::not_found for the app, Errc::conflict for a user that another app made, Errc::invalid
// naming redirectUri or state.
[[nodiscard]] Result<Authorized> authorize(Tx& tx, Means const& means, AuthorizationAsk const& ask,
                                           Instant now);

// Tokens for a code. Nothing when the code was redeemed before: then what it gave is revoked, the
// transaction has to be committed, and the answer is Errc::invalid as for a code that is unknown,
// expired, another app's, or was meant for another redirect_uri.
[[nodiscard]] Result<std::optional<Issued>> redeem(Tx& tx, Means const& means, AppId const& appid,
                                                   Sha256 const& code,
                                                   std::string const& redirect_uri, Instant now);

}  // namespace updraft::access
