#include "sqlstore/tables/sessions_rows.h"

#include "sqlstore/tables/digest_column.h"
#include "sqlstore/tables/role_column.h"

namespace updraft::sqlstore {

Result<KnownSession> SessionsRows::find(Sha256 const& digest) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT s.holder, s.token_id, s.role, s.created_at, "
                                         "s.active_at, s.ends_at, " UPDRAFT_OPERATOR_COLUMNS
                                         " FROM sessions s LEFT JOIN operators o "
                                         "ON o.folded = s.holder WHERE s.digest = $1",
                                         digest_column(digest)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such session");
    KnownSession known;
    known.session.holder = rows.text(0);
    known.session.token_id = rows.maybe_text(1);
    TRY_ASSIGN(known.session.role, role_column(rows, 2));
    known.session.created_at = rows.instant(3);
    known.session.active_at = rows.instant(4);
    known.session.ends_at = rows.maybe_instant(5);
    TRY_ASSIGN(known.holder, maybe_operator(rows, 6));
    return known;
}

Result<void> SessionsRows::insert(access::Session const& session, Sha256 const& digest) {
    TRY(
        session_.change("INSERT INTO sessions (digest, holder, token_id, role, created_at, "
                        "active_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        digest_column(digest), session.holder, session.token_id, word(session.role),
                        session.created_at, session.active_at, session.ends_at));
    return {};
}

Result<void> SessionsRows::remove(Sha256 const& digest) {
    TRY(session_.change("DELETE FROM sessions WHERE digest = $1", digest_column(digest)));
    return {};
}

Result<std::int64_t> SessionsRows::remove_of(std::string_view holder) {
    auto const owner = access::folded(holder);
    TRY(session_.change("DELETE FROM setup_tokens WHERE holder = $1", owner));
    return session_.execute("DELETE FROM sessions WHERE holder = $1", owner);
}

Result<std::int64_t> SessionsRows::remove_of_token(std::string_view token_id) {
    return session_.execute("DELETE FROM sessions WHERE token_id IS NOT NULL AND token_id = $1",
                            token_id);
}

Result<void> SessionsRows::note_active(Sha256 const& digest, Instant at) {
    TRY(session_.change("UPDATE sessions SET active_at = $2 WHERE digest = $1 AND active_at < $2",
                        digest_column(digest), at));
    return {};
}

Result<std::int64_t> SessionsRows::forget(Instant before, std::int64_t limit) {
    return session_.execute(
        "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions "
        "WHERE created_at < $1 ORDER BY created_at, digest LIMIT $2)",
        before, limit);
}

Result<void> SessionsRows::insert_setup(SetupToken const& token, Sha256 const& digest) {
    TRY(session_.change("INSERT INTO setup_tokens (digest, holder, created_at) VALUES ($1, $2, $3)",
                        digest_column(digest), token.holder, token.created_at));
    return {};
}

Result<SetupToken> SessionsRows::take_setup(Sha256 const& digest) {
    TRY_ASSIGN(auto rows, session_.query("DELETE FROM setup_tokens WHERE digest = $1 "
                                         "RETURNING holder, created_at",
                                         digest_column(digest)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such setup token");
    return SetupToken{.holder = std::string(rows.text(0)), .created_at = rows.instant(1)};
}

Result<std::int64_t> SessionsRows::forget_setup(Instant before, std::int64_t limit) {
    return session_.execute(
        "DELETE FROM setup_tokens WHERE digest IN (SELECT digest FROM setup_tokens "
        "WHERE created_at < $1 ORDER BY created_at, digest LIMIT $2)",
        before, limit);
}

}  // namespace updraft::sqlstore
