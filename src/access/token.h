// Tokens with which an app acts for one of its users.
//
// Lives here: issuing a family, refreshing it, checking an access token, removing expired ones.
//
// Not here:   when tokens are issued (access/granting.h, access/authorization.h), rows
//             (ports/grants_table.h).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "access/grant.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::access {

// Families of one user and app; one more replaces the oldest.
inline constexpr std::int64_t families_max = 10;
// Used refresh tokens that are kept for each family; older ones are answered as unknown.
inline constexpr std::int64_t spent_kept = 100;
// Expired tokens are kept this long and answered as expired; later they are answered as unknown.
inline constexpr Millis expired_kept = std::chrono::hours{24 * 7};

// An app that acts for a user.
struct Caller {
    AppId appid;
    OpenId open_id;
};

struct Issued {
    OpenId open_id;
    Secret access_token;
    Secret refresh_token;
    std::int64_t expires_in_seconds = 0;
    std::string family;
};

// What is needed to issue tokens.
struct Means {
    IdSource& id_source;
    Lifetimes const& lifetimes;
    std::int64_t users_per_app_max = std::numeric_limits<std::int64_t>::max();
};

// Issues a new family of tokens. The grant must exist.
[[nodiscard]] Result<Issued> issue(Tx& tx, Means const& means, Caller const& caller, Instant now);

// Issues a new pair for a refresh token and revokes the family's older pairs. A token that is used
// a second time within Lifetimes::refresh_grace of its first use, because the first answer was lost
// or two refreshes ran at the same time, gets another pair of the family, and the pair given first
// stays valid; the next refresh with either of them ends both. `open_id` absent: a token of any
// user. Errc::refresh_invalid, Errc::refresh_expired. Nothing when that token was used too often
// or too late: its family is revoked, so the caller must commit the transaction, and must then
// answer Errc::refresh_invalid.
[[nodiscard]] Result<std::optional<Issued>> refresh(Tx& tx, Means const& means, AppId const& appid,
                                                    std::optional<OpenId> const& open_id,
                                                    Sha256 const& refresh_token, Instant now);

// The user of that app's access token. Errc::token_invalid, Errc::token_expired.
[[nodiscard]] Result<OpenId> check(Tx const& tx, AppId const& appid, Sha256 const& access_token,
                                   Instant now);

// Removes at most `limit` tokens and codes that expired more than expired_kept ago; answers their
// number.
[[nodiscard]] Result<std::int64_t> sweep(Tx& tx, Instant now, std::int64_t limit);

}  // namespace updraft::access
