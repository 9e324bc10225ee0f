// Creates and removes users' permissions to apps.
//
// Lives here: apps that create their own users, operators who grant and revoke.
//
// Not here:   tokens (access/token.h), authorisation codes (access/authorization.h).
#pragma once

#include <string>

#include "access/token.h"

namespace updraft::access {

inline constexpr std::size_t account_id_bytes_max = 64;

// For access/get: creates the app's user with that account id if there is none, creates the grant,
// and issues tokens. The same app and account id always give the same openId.
[[nodiscard]] Result<Issued> sign_in(Tx& tx, Means const& means, AppId const& appid,
                                     std::string const& account_id, Instant now);

// For operators: creates the grant and issues tokens; a user that does not exist is created.
// Errc::not_found for the app, Errc::conflict for a user that another app created.
[[nodiscard]] Result<Issued> grant(Tx& tx, Means const& means, Caller const& caller, Instant now);

// Removes the grant with its tokens and codes. From this commit on the app cannot act for the user,
// messages written under the grant are not sent any more (ports/outbox_table.h), and a large order
// of the app for the user opens no more upgrades. Those that were opened go on. Errc::not_found.
[[nodiscard]] Result<void> revoke(Tx& tx, Caller const& caller);

// As grant(), without issuing tokens.
[[nodiscard]] Result<void> put_grant(Tx& tx, Caller const& caller, Instant now);

}  // namespace updraft::access
