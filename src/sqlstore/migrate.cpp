#include "sqlstore/migrate.h"

#include <algorithm>
#include <map>

#include "vocabulary/digest.h"

namespace updraft::sqlstore {
namespace {

// No command of this program undoes a migration, so nobody asks for more than this.
constexpr std::int64_t migrations_max = 10'000;

struct Applied {
    std::string name;
    std::string checksum;
};

Result<std::map<std::int64_t, Applied>> applied_migrations(Session& session) {
    std::map<std::int64_t, Applied> applied;
    TRY_ASSIGN(auto rows, session.query("SELECT number, name, checksum FROM migrations "
                                        "ORDER BY number LIMIT $1",
                                        migrations_max));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return applied;
        applied[rows.number(0)] = {std::string(rows.text(1)), std::string(rows.text(2))};
    }
}

// What the database remembers must be a beginning of what we know.
Result<void> check(std::map<std::int64_t, Applied> const& applied,
                   std::span<Migration const> known) {
    for (auto const& [number, remembered] : applied) {
        auto const migration = std::ranges::find(known, number, &Migration::number);
        if (migration == known.end()) {
            return fail(Errc::conflict,
                        "the database was written by a newer Updraft: it has the "
                        "migration " +
                            remembered.name + ", which this program does not know");
        }
        if (remembered.checksum != sha256_hex(migration->text)) {
            return fail(Errc::conflict,
                        "the database was made with another text of the migration " +
                            std::string(migration->name) + " than this program has");
        }
    }
    return {};
}

}  // namespace

Result<std::int64_t> migrate(Session& session, Dialect const& dialect,
                             std::span<Migration const> migrations) {
    TRY(
        session.script("CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, "
                       "name TEXT NOT NULL, checksum TEXT NOT NULL)"));
    TRY_ASSIGN(auto const applied, applied_migrations(session));
    TRY(check(applied, migrations));
    std::int64_t count = 0;
    for (auto const& migration : migrations) {
        if (applied.contains(migration.number)) continue;
        if (auto done = session.script(spoken(dialect, migration.text)); !done) {
            return fail(done.error().code,
                        "migration " + std::string(migration.name) + ": " + done.error().detail);
        }
        TRY(session.execute("INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
                            migration.number, migration.name, sha256_hex(migration.text)));
        ++count;
    }
    return count;
}

Result<std::int64_t> missing_migrations(Session& session, std::span<Migration const> migrations) {
    auto const applied = applied_migrations(session);
    if (!applied && applied.error().code != Errc::internal) {
        return tl::unexpected<Error>(applied.error());
    }
    if (!applied || applied->empty()) return fail(Errc::corrupt, "this is no store of Updraft");
    TRY(check(*applied, migrations));
    return std::ranges::count_if(
        migrations, [&](Migration const& one) { return !applied->contains(one.number); });
}

}  // namespace updraft::sqlstore
