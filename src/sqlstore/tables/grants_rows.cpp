#include "sqlstore/tables/grants_rows.h"

#include "sqlstore/tables/digest_column.h"
#include "sqlstore/tables/pages.h"

namespace updraft::sqlstore {
namespace {

// Limit of apps_of(); apps after the first 1000 get no pushes about this user's devices.
constexpr std::int64_t apps_of_user_max = 1000;

Result<access::User> read_user(Result<Rows> rows) {
    if (!rows) return pass(rows);
    TRY_ASSIGN(auto const found, rows->next());
    if (!found) return fail(Errc::not_found, "openId: no such user");
    return access::User{
        .open_id = rows->name<OpenId>(0),
        .made_by = rows->maybe_name<AppId>(1),
        .account_id = rows->maybe_text(2),
        .created_at = rows->instant(3),
    };
}

}  // namespace

Result<access::User> GrantsRows::user(OpenId const& open_id) const {
    return read_user(session_.query(
        "SELECT open_id, made_by, account_id, created_at FROM users WHERE open_id = $1", open_id));
}

Result<access::User> GrantsRows::user_of(AppId const& appid, std::string const& account_id) const {
    return read_user(
        session_.query("SELECT open_id, made_by, account_id, created_at FROM users "
                       "WHERE made_by = $1 AND account_id = $2",
                       appid, account_id));
}

Result<bool> GrantsRows::granted(AppId const& appid, OpenId const& open_id) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT created_at FROM grants WHERE appid = $1 AND open_id = $2",
                              appid, open_id));
    return rows.next();
}

// The index is searched by a digest of the text that was sent, so the time of the search reveals
// nothing about the token.
Result<access::Token> GrantsRows::token(Sha256 const& digest) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT kind, family, appid, open_id, expires_at, spent, "
                                         "spent_at, repeated FROM tokens WHERE digest = $1",
                                         digest_column(digest)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such token");
    return access::Token{
        .digest = digest,
        .kind = access::read_token_kind(rows.text(0)).value_or(access::TokenKind::refresh),
        .family = std::string(rows.text(1)),
        .appid = rows.name<AppId>(2),
        .open_id = rows.name<OpenId>(3),
        .expires_at = rows.instant(4),
        .spent = rows.truth(5),
        .spent_at = rows.maybe_instant(6),
        .repeated = rows.truth(7),
    };
}

Result<access::Code> GrantsRows::code(Sha256 const& digest) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT appid, open_id, redirect_uri, expires_at, family "
                                         "FROM codes WHERE digest = $1",
                                         digest_column(digest)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such code");
    return access::Code{
        .digest = digest,
        .appid = rows.name<AppId>(0),
        .open_id = rows.name<OpenId>(1),
        .redirect_uri = std::string(rows.text(2)),
        .expires_at = rows.instant(3),
        .family = rows.maybe_text(4),
    };
}

Result<std::vector<AppId>> GrantsRows::apps_of(OpenId const& open_id) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT appid FROM grants WHERE open_id = $1 ORDER BY appid LIMIT $2",
                              open_id, apps_of_user_max));
    return all_of<AppId>(rows, [](Rows const& row) -> Result<AppId> { return row.name<AppId>(0); });
}

Result<Page<access::Grant>> GrantsRows::list(AppId const& appid, PageAsk const& ask) const {
    auto const read = [&](Rows const& row) -> Result<access::Grant> {
        return access::Grant{
            .appid = appid, .open_id = row.name<OpenId>(0), .created_at = row.instant(1)};
    };
    return page_of(session_.query("SELECT open_id, created_at FROM grants WHERE appid = $1 "
                                  "AND open_id > $2 ORDER BY open_id LIMIT $3",
                                  appid, ask.after.value_or(""), ask.limit + 1),
                   ask, read, [](access::Grant const& grant) { return grant.open_id.value; });
}

Result<std::optional<std::string>> GrantsRows::newest_family(AppId const& appid,
                                                             OpenId const& open_id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT family FROM tokens WHERE appid = $1 "
                                         "AND open_id = $2 ORDER BY family DESC LIMIT 1",
                                         appid, open_id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return std::string(rows.text(0));
}

Result<void> GrantsRows::put_user(access::User const& user) {
    TRY_ASSIGN(auto const made,
               session_.execute("INSERT INTO users (open_id, made_by, account_id, created_at) "
                                "VALUES ($1, $2, $3, $4) ON CONFLICT (open_id) DO NOTHING",
                                user.open_id, user.made_by, user.account_id, user.created_at));
    if (made == 0 || !user.made_by) return {};
    return session_.change(
        "INSERT INTO user_counts (appid, count) VALUES ($1, 1) "
        "ON CONFLICT (appid) DO UPDATE SET count = user_counts.count + 1",
        *user.made_by);
}

Result<std::int64_t> GrantsRows::users_made_by(AppId const& appid) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT count FROM user_counts WHERE appid = $1", appid));
    TRY_ASSIGN(auto const found, rows.next());
    return found ? rows.number(0) : std::int64_t{0};
}

Result<void> GrantsRows::put_grant(access::Grant const& grant) {
    TRY(
        session_.change("INSERT INTO grants (appid, open_id, created_at) VALUES ($1, $2, $3) "
                        "ON CONFLICT (appid, open_id) DO NOTHING",
                        grant.appid, grant.open_id, grant.created_at));
    return {};
}

Result<void> GrantsRows::remove_grant(AppId const& appid, OpenId const& open_id) {
    TRY(session_.change("DELETE FROM tokens WHERE appid = $1 AND open_id = $2", appid, open_id));
    TRY(session_.change("DELETE FROM codes WHERE appid = $1 AND open_id = $2", appid, open_id));
    TRY_ASSIGN(
        auto const removed,
        session_.execute("DELETE FROM grants WHERE appid = $1 AND open_id = $2", appid, open_id));
    if (removed == 0) return fail(Errc::not_found, "openId: no such grant");
    return {};
}

Result<void> GrantsRows::insert_token(access::Token const& token) {
    TRY(session_.change(
        "INSERT INTO tokens (digest, kind, family, appid, open_id, expires_at, spent, spent_at, "
        "repeated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        digest_column(token.digest), word(token.kind), token.family, token.appid, token.open_id,
        token.expires_at, token.spent, token.spent_at, token.repeated));
    return {};
}

Result<void> GrantsRows::spend_token(Sha256 const& digest, Instant now) {
    return session_.change("UPDATE tokens SET spent = 1, spent_at = $2 WHERE digest = $1",
                           digest_column(digest), now);
}

Result<void> GrantsRows::repeat_token(Sha256 const& digest) {
    return session_.change("UPDATE tokens SET repeated = 1 WHERE digest = $1",
                           digest_column(digest));
}

Result<void> GrantsRows::remove_family(access::Family const& family) {
    TRY(session_.change("DELETE FROM tokens WHERE appid = $1 AND open_id = $2 AND family = $3",
                        family.appid, family.open_id, family.name));
    return {};
}

Result<void> GrantsRows::remove_live_tokens(access::Family const& family) {
    TRY(
        session_.change("DELETE FROM tokens WHERE appid = $1 AND open_id = $2 AND family = $3 "
                        "AND spent = 0",
                        family.appid, family.open_id, family.name));
    return {};
}

// Two statements: in a scalar subquery, SQLite 3.40 answers DISTINCT with an OFFSET beyond the end
// by the last row.
Result<void> GrantsRows::trim_families(AppId const& appid, OpenId const& open_id, std::int64_t keep,
                                       Instant now) {
    TRY_ASSIGN(auto const last, newest_living_family_but(appid, open_id, keep, now));
    if (!last) return {};
    TRY(session_.change("DELETE FROM tokens WHERE appid = $1 AND open_id = $2 AND family <= $3",
                        appid, open_id, *last));
    return {};
}

// The newest family with a valid token, after `skip` newer ones.
Result<std::optional<std::string>> GrantsRows::newest_living_family_but(AppId const& appid,
                                                                        OpenId const& open_id,
                                                                        std::int64_t skip,
                                                                        Instant now) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT DISTINCT family FROM tokens WHERE appid = $1 "
                                         "AND open_id = $2 AND spent = 0 AND expires_at > $3 "
                                         "ORDER BY family DESC LIMIT 1 OFFSET $4",
                                         appid, open_id, now, skip));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return std::string(rows.text(0));
}

Result<void> GrantsRows::trim_spent(access::Family const& family, std::int64_t keep) {
    TRY(session_.change(
        "DELETE FROM tokens WHERE appid = $1 AND open_id = $2 AND family = $3 AND spent = 1 "
        "AND digest NOT IN (SELECT digest FROM tokens WHERE appid = $1 AND open_id = $2 "
        "AND family = $3 AND spent = 1 ORDER BY expires_at DESC, digest DESC LIMIT $4)",
        family.appid, family.open_id, family.name, keep));
    return {};
}

Result<void> GrantsRows::insert_code(access::Code const& code) {
    TRY(session_.change(
        "INSERT INTO codes (digest, appid, open_id, redirect_uri, expires_at, family) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        digest_column(code.digest), code.appid, code.open_id, code.redirect_uri, code.expires_at,
        code.family));
    return {};
}

Result<void> GrantsRows::redeem_code(Sha256 const& digest, std::string const& family) {
    TRY(session_.change("UPDATE codes SET family = $2 WHERE digest = $1", digest_column(digest),
                        family));
    return {};
}

Result<std::int64_t> GrantsRows::sweep(Instant expired_before, std::int64_t limit) {
    TRY_ASSIGN(auto const tokens,
               session_.execute("DELETE FROM tokens WHERE digest IN (SELECT digest FROM tokens "
                                "WHERE expires_at < $1 ORDER BY expires_at, digest LIMIT $2)",
                                expired_before, limit));
    TRY_ASSIGN(auto const codes,
               session_.execute("DELETE FROM codes WHERE digest IN (SELECT digest FROM codes "
                                "WHERE expires_at < $1 ORDER BY expires_at, digest LIMIT $2)",
                                expired_before, limit));
    return tokens + codes;
}

}  // namespace updraft::sqlstore
