#include "sqlstore/tables/admin_tokens_rows.h"

#include "sqlstore/tables/digest_column.h"

namespace updraft::sqlstore {

// The index is searched by a digest of the text that was sent, so the time of the search reveals
// nothing about the secret.
Result<bool> AdminTokensRows::knows(Sha256 const& digest) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT created_at FROM admin_tokens WHERE digest = $1",
                                         digest_column(digest)));
    return rows.next();
}

Result<bool> AdminTokensRows::any() const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT created_at FROM admin_tokens ORDER BY digest LIMIT 1"));
    return rows.next();
}

Result<void> AdminTokensRows::insert(Sha256 const& digest, Instant now) {
    TRY(session_.change("INSERT INTO admin_tokens (digest, created_at) VALUES ($1, $2)",
                        digest_column(digest), now));
    return {};
}

Result<std::string> AdminTokensRows::key_check() const {
    TRY_ASSIGN(auto rows, session_.query("SELECT sealed FROM key_checks WHERE id = 1"));
    TRY_ASSIGN(auto const found, rows.next());
    return found ? std::string(rows.text(0)) : std::string();
}

Result<void> AdminTokensRows::set_key_check(std::string const& sealed) {
    TRY(session_.change("INSERT INTO key_checks (id, sealed) VALUES (1, $1)", sealed));
    return {};
}

}  // namespace updraft::sqlstore
