// Authorisation codes (RFC 6749, 4.1): a user has agreed on the operator's login page, and the app
// exchanges the code for tokens.
//
// Lives here: making a code, and exchanging it once.
//
// Not here:   the login page (the operator's), the calls (openota/access_token.h, admin/grants.h).
#pragma once

#include <optional>
#include <string>

#include "access/token.h"

namespace updraft::access {

inline constexpr std::size_t redirect_uri_bytes_max = 2048;
inline constexpr std::size_t state_bytes_max = 1024;

struct Authorized {
    Secret code;
    std::string redirect_to;  // redirect_uri with `code` and, if given, `state` in its query.
};
struct AuthorizationAsk {
    Caller caller;
    // An absolute URI without a fragment: http, https, or a private-use scheme with a dot.
    std::string redirect_uri;
    std::optional<std::string> state;
};
// Creates the grant and a code for it; a user that does not exist is created. Errc::not_found for
// the app, Errc::conflict for a user of another app, Errc::invalid names redirectUri or state.
[[nodiscard]] Result<Authorized> authorize(Tx& tx, Means const& means, AuthorizationAsk const& ask,
                                           Instant now);

// Issues tokens for a code. Errc::invalid for a code that is unknown, expired, of another app, or
// made for another redirect_uri. Nothing when the code was used before: its tokens are revoked, so
// the caller must commit the transaction, and must then answer as for an unknown code.
[[nodiscard]] Result<std::optional<Issued>> redeem(Tx& tx, Means const& means, AppId const& appid,
                                                   Sha256 const& code,
                                                   std::string const& redirect_uri, Instant now);

}  // namespace updraft::access
