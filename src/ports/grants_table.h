// Rows of users, grants, tokens and authorisation codes.
//
// Lives here: the interface that the domain uses.
// Not here:   the types (access/grant.h), the SQL (sqlstore/tables/grants_rows.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/app.h"
#include "access/grant.h"
#include "vocabulary/page.h"
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
    // Apps that have a grant of that user, in order of appid.
    [[nodiscard]] virtual Result<std::vector<AppId>> apps_of(OpenId const& open_id) const = 0;
    // The grants of an app, in order of openId.
    [[nodiscard]] virtual Result<Page<access::Grant>> list(AppId const& appid,
                                                           PageAsk const& ask) const = 0;
    // The name of the newest token family of that grant, among families that still have a token.
    [[nodiscard]] virtual Result<std::optional<std::string>> newest_family(
        AppId const& appid, OpenId const& open_id) const = 0;

    // How many users that app has made by access/get. Costs the same however many there are.
    [[nodiscard]] virtual Result<std::int64_t> users_made_by(AppId const& appid) const = 0;

    // Inserts the user, and counts it when an app made it. No effect if it exists.
    virtual Result<void> put_user(access::User const& user) = 0;
    // Inserts the grant. No effect if it exists. Its `created_at` tells it from an earlier one of
    // the same user and app that was removed.
    virtual Result<void> put_grant(access::Grant const& grant) = 0;
    // Removes the grant with its tokens and codes. Errc::not_found when there is none.
    virtual Result<void> remove_grant(AppId const& appid, OpenId const& open_id) = 0;

    virtual Result<void> insert_token(access::Token const& token) = 0;
    // Records the first use of a refresh token, and its second one.
    virtual Result<void> spend_token(Sha256 const& digest, Instant now) = 0;
    virtual Result<void> repeat_token(Sha256 const& digest) = 0;
    // remove_family() removes all tokens of one family; remove_live_tokens() only its access tokens
    // and unspent refresh tokens.
    virtual Result<void> remove_family(access::Family const& family) = 0;
    virtual Result<void> remove_live_tokens(access::Family const& family) = 0;
    // Keeps the `keep` newest families that have a valid token (neither expired nor spent), and
    // removes the families that are older.
    virtual Result<void> trim_families(AppId const& appid, OpenId const& open_id, std::int64_t keep,
                                       Instant now) = 0;
    // Removes the spent tokens of a family except the `keep` newest.
    virtual Result<void> trim_spent(access::Family const& family, std::int64_t keep) = 0;

    virtual Result<void> insert_code(access::Code const& code) = 0;
    virtual Result<void> redeem_code(Sha256 const& digest, std::string const& family) = 0;

    // Removes tokens and codes that expired before `expired_before`, at most `limit` of each;
    // answers the number of removed rows.
    virtual Result<std::int64_t> sweep(Instant expired_before, std::int64_t limit) = 0;
};

}  // namespace updraft
