// A user's permission to an app: giving it and taking it back.
//
// Lives here: an app that makes its own users, an operator who grants and revokes.
// Not here:   tokens themselves (access/token.h), a login page's codes (access/authorization.h).
#pragma once

#include <string>

#include "access/token.h"

namespace updraft::access {

inline constexpr std::size_t account_id_bytes_max = 64;

// access/get: makes the app's user of that name known, grants it, and issues tokens. The same app
// and account always give the same openId.
[[nodiscard]] Result<Issued> sign_in(Tx& tx, Means const& means, AppId const& appid,
                                     std::string const& account_id, Instant now);

// An operator's: a user that is new becomes known. Errc::not_found for the app, Errc::conflict for
// a user that another app made.
[[nodiscard]] Result<Issued> grant(Tx& tx, Means const& means, Caller const& caller, Instant now);

// With its tokens and codes, at once. Errc::not_found.
[[nodiscard]] Result<void> revoke(Tx& tx, Caller const& caller);

// Makes user and grant known, for a caller that may have it. Errors as grant().
[[nodiscard]] Result<void> put_grant(Tx& tx, Caller const& caller, Instant now);

}  // namespace updraft::access
