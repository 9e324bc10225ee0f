// The rows of users, grants, tokens and authorisation codes.
//
// Lives here: what the domain asks of them.
// Not here:   the nouns (access/grant.h), the SQL (sqlstore/tables/grants_rows.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/app.h"
#include "access/grant.h"
#include "vocabulary/result.h"

namespace updraft {

class GrantsTable {
public:
    virtual ~GrantsTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<access::User> user(OpenId const& open_id) const = 0;
    [[nodiscard]] virtual Result<access::User> user_of(AppId const& appid,
                                                       std::string const& account_id) const = 0;
    [[nodiscard]] virtual Result<bool> granted(AppId const& appid, OpenId const& open_id) const = 0;
    [[nodiscard]] virtual Result<access::Token> token(Sha256 const& digest) const = 0;
    [[nodiscard]] virtual Result<access::Code> code(Sha256 const& digest) const = 0;
    // Apps holding a live grant of that user, in order of appid.
    [[nodiscard]] virtual Result<std::vector<AppId>> apps_of(OpenId const& open_id) const = 0;
    // The last family, by name, that was issued for that grant, if any of its tokens is left.
    [[nodiscard]] virtual Result<std::optional<std::string>> newest_family(
        AppId const& appid, OpenId const& open_id) const = 0;

    // Adds the user; changes nothing when it exists.
    virtual Result<void> put_user(access::User const& user) = 0;
    // Changes nothing when it exists.
    virtual Result<void> put_grant(access::Grant const& grant) = 0;
    // With its tokens and codes. Errc::not_found when there is none.
    virtual Result<void> remove_grant(AppId const& appid, OpenId const& open_id) = 0;

    virtual Result<void> insert_token(access::Token const& token) = 0;
    virtual Result<void> spend_token(Sha256 const& digest) = 0;
    // All tokens of one family; or only its access tokens and unspent refresh tokens.
    virtual Result<void> remove_family(access::Family const& family) = 0;
    virtual Result<void> remove_live_tokens(access::Family const& family) = 0;
    // Keeps the `keep` newest of the families that have a token which neither expired nor was
    // spent.
    virtual Result<void> trim_families(AppId const& appid, OpenId const& open_id, std::int64_t keep,
                                       Instant now) = 0;
    // Keeps the `keep` newest of a family's spent tokens.
    virtual Result<void> trim_spent(access::Family const& family, std::int64_t keep) = 0;

    virtual Result<void> insert_code(access::Code const& code) = 0;
    virtual Result<void> redeem_code(Sha256 const& digest, std::string const& family) = 0;

    // Removes tokens and codes that expired before then, at most `limit` of each; answers how many.
    virtual Result<std::int64_t> sweep(Instant expired_before, std::int64_t limit) = 0;
};

}  // namespace updraft
