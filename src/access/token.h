// Tokens: what an app shows to speak for one of its users.
//
// Lives here: issuing a family, refreshing it, checking an access token, sweeping what is over.
// Not here:   who may have one (access/granting.h, access/authorization.h), rows
//             (ports/grants_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "access/grant.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::access {

// Families that live at once for one user and app; one more supersedes the oldest.
inline constexpr std::int64_t families_max = 10;
// Spent refresh tokens remembered of one family; an older one is merely unknown.
inline constexpr std::int64_t spent_kept = 100;
// Expired tokens are told apart from unknown ones for so long.
inline constexpr Millis expired_kept = std::chrono::hours{24 * 7};

// Whose permission it is: an app's, for a user.
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

// What issuing works with.
struct Means {
    IdSource& id_source;
    Lifetimes const& lifetimes;
};

// A new family of tokens. The grant exists already.
[[nodiscard]] Result<Issued> issue(Tx& tx, Means const& means, Caller const& caller, Instant now);

// A new pair for a refresh token; the old pair is dead at once. Nothing when that refresh token was
// used before: then its family is revoked, the transaction has to be committed, and the answer is
// Errc::refresh_invalid. `open_id` absent: whoever's it is. Errc::refresh_invalid,
// Errc::refresh_expired.
[[nodiscard]] Result<std::optional<Issued>> refresh(Tx& tx, Means const& means, AppId const& appid,
                                                    std::optional<OpenId> const& open_id,
                                                    Sha256 const& refresh_token, Instant now);

// The user whom that app's access token stands for. Errc::token_invalid, Errc::token_expired.
[[nodiscard]] Result<OpenId> check(Tx const& tx, AppId const& appid, Sha256 const& access_token,
                                   Instant now);

// Removes at most `limit` tokens and codes that have been over for long; answers how many.
[[nodiscard]] Result<std::int64_t> sweep(Tx& tx, Instant now, std::int64_t limit);

}  // namespace updraft::access
