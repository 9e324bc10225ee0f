#include "sqlstore/tables/operator_tokens_rows.h"

#include "sqlstore/tables/digest_column.h"
#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/role_column.h"

namespace updraft::sqlstore {
namespace {

#define UPDRAFT_TOKEN_COLUMNS \
    "t.id, t.holder, t.label, t.role, t.created_at, t.expires_at, t.last_used_at, t.ended_at"
constexpr int token_columns = 8;

Result<access::OperatorToken> read_operator_token(Rows const& rows) {
    access::OperatorToken token;
    token.id = rows.text(0);
    token.holder = rows.text(1);
    token.label = rows.text(2);
    TRY_ASSIGN(token.role, role_column(rows, 3));
    token.created_at = rows.instant(4);
    token.expires_at = rows.maybe_instant(5);
    token.last_used_at = rows.maybe_instant(6);
    token.ended_at = rows.maybe_instant(7);
    return token;
}

}  // namespace

// The index is searched by a digest of the text that was sent, so the time of the search reveals
// nothing about the secret.
Result<KnownToken> OperatorTokensRows::find(Sha256 const& digest) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT " UPDRAFT_TOKEN_COLUMNS ", " UPDRAFT_OPERATOR_COLUMNS
                              " FROM operator_tokens t LEFT JOIN operators o "
                              "ON o.folded = t.holder WHERE t.digest = $1",
                              digest_column(digest)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such token");
    KnownToken known;
    TRY_ASSIGN(known.token, read_operator_token(rows));
    TRY_ASSIGN(known.holder, maybe_operator(rows, token_columns));
    return known;
}

Result<access::OperatorToken> OperatorTokensRows::find_by_id(std::string_view holder,
                                                             std::string_view id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_TOKEN_COLUMNS
                                         " FROM operator_tokens t WHERE t.id = $1 "
                                         "AND t.holder = $2 AND t.ended_at IS NULL",
                                         id, access::folded(holder)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such token");
    return read_operator_token(rows);
}

Result<Page<access::OperatorToken>> OperatorTokensRows::list(std::string_view holder,
                                                             PageAsk const& ask) const {
    return page_of(session_.query("SELECT " UPDRAFT_TOKEN_COLUMNS
                                  " FROM operator_tokens t WHERE t.holder = $1 "
                                  "AND t.ended_at IS NULL AND t.id > $2 ORDER BY t.id LIMIT $3",
                                  access::folded(holder), ask.after.value_or(""), ask.limit + 1),
                   ask, read_operator_token,
                   [](access::OperatorToken const& token) { return token.id; });
}

Result<void> OperatorTokensRows::insert(access::OperatorToken const& token, Sha256 const& digest) {
    TRY(
        session_.change("INSERT INTO operator_tokens (digest, id, holder, label, role, created_at, "
                        "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        digest_column(digest), token.id, token.holder, token.label,
                        word(token.role), token.created_at, token.expires_at));
    return {};
}

// A row of admin_tokens stays, with a digest that no token has: a program that knows only that
// table must not take the store for a new one and admit a first token again.
Result<void> OperatorTokensRows::end(std::string_view id, Instant now) {
    TRY(
        session_.change("UPDATE operator_tokens SET ended_at = $2 "
                        "WHERE id = $1 AND ended_at IS NULL",
                        id, now));
    TRY(
        session_.change("UPDATE admin_tokens SET digest = 'ended ' || digest WHERE digest = "
                        "(SELECT t.digest FROM operator_tokens t WHERE t.id = $1)",
                        id));
    return {};
}

Result<std::int64_t> OperatorTokensRows::end_all(std::string_view holder, Instant now) {
    auto const owner = access::folded(holder);
    TRY(
        session_.change("UPDATE admin_tokens SET digest = 'ended ' || digest WHERE digest IN "
                        "(SELECT digest FROM operator_tokens WHERE holder = $1 "
                        "AND ended_at IS NULL)",
                        owner));
    return session_.execute(
        "UPDATE operator_tokens SET ended_at = $2 "
        "WHERE holder = $1 AND ended_at IS NULL",
        owner, now);
}

Result<void> OperatorTokensRows::note_used(std::string_view id, Instant at) {
    TRY(
        session_.change("UPDATE operator_tokens SET last_used_at = $2 WHERE id = $1 "
                        "AND (last_used_at IS NULL OR last_used_at < $2)",
                        id, at));
    return {};
}

Result<std::int64_t> OperatorTokensRows::end_expired(Instant now, std::int64_t limit) {
    return session_.execute(
        "UPDATE operator_tokens SET ended_at = $1 WHERE digest IN "
        "(SELECT digest FROM operator_tokens WHERE ended_at IS NULL "
        "AND expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2)",
        now, limit);
}

Result<std::int64_t> OperatorTokensRows::forget_ended(Instant before, std::int64_t limit) {
    return session_.execute(
        "DELETE FROM operator_tokens WHERE digest IN "
        "(SELECT digest FROM operator_tokens WHERE ended_at IS NOT NULL "
        "AND ended_at < $1 ORDER BY ended_at, id LIMIT $2)",
        before, limit);
}

}  // namespace updraft::sqlstore
