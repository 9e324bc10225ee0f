#include "sqlstore/schema/migrate.h"

#include <algorithm>
#include <map>

#include "text/whole_number.h"
#include "vocabulary/digest.h"

namespace updraft::sqlstore {
namespace {

// A limit for the query, far above the number of migrations.
constexpr std::int64_t migrations_max = 10'000;
// The migration that added the column `lives_with` to the table of migrations.
constexpr std::string_view first_to_say = "0010_lives_with";
constexpr std::string_view saying = "-- lives with: ";

struct Applied {
    std::string name;
    std::string checksum;
    std::optional<std::int64_t> lives_with = std::nullopt;
};

struct History {
    std::map<std::int64_t, Applied> applied;
    bool says = false;  // It has the column `lives_with`.
};

Result<void> read_sayings(Session& session, History& history) {
    TRY_ASSIGN(auto rows, session.query("SELECT number, lives_with FROM migrations "
                                        "WHERE lives_with IS NOT NULL ORDER BY number LIMIT $1",
                                        migrations_max));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return {};
        history.applied[rows.number(0)].lives_with = rows.number(1);
    }
}

Result<History> read_history(Session& session) {
    History history;
    TRY_ASSIGN(auto rows, session.query("SELECT number, name, checksum FROM migrations "
                                        "ORDER BY number LIMIT $1",
                                        migrations_max));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) break;
        history.applied[rows.number(0)] = {.name = std::string(rows.text(1)),
                                           .checksum = std::string(rows.text(2))};
        history.says = history.says || rows.text(1) == first_to_say;
    }
    if (history.says) TRY(read_sayings(session, history));
    return history;
}

// Compares our migrations with those that were applied: Errc::conflict when a text differs. Answers
// the names of applied ones that we do not know.
Result<std::vector<std::string>> unknown(History const& history, std::span<Migration const> known) {
    std::vector<std::string> names;
    for (auto const& [number, remembered] : history.applied) {
        auto const migration = std::ranges::find(known, number, &Migration::number);
        if (migration == known.end()) {
            names.push_back(remembered.name);
        } else if (remembered.checksum != sha256_hex(migration->text)) {
            return fail(Errc::conflict,
                        "the database was made with another text of the migration " +
                            std::string(migration->name) + " than this program has");
        }
    }
    return names;
}

Result<void> must_live_with(History const& history, std::span<Migration const> known) {
    std::int64_t newest = 0;
    for (auto const& migration : known) newest = std::max(newest, migration.number);
    for (auto const& [number, remembered] : history.applied) {
        if (std::ranges::find(known, number, &Migration::number) != known.end()) continue;
        auto const oldest = remembered.lives_with;
        if (oldest && *oldest <= newest) continue;
        return fail(Errc::conflict, "the database was written by a newer Updraft: its migration " +
                                        remembered.name + " is for programs that know " +
                                        (oldest ? "migration " + std::to_string(*oldest) : "it") +
                                        ", and the newest that this one knows is " +
                                        std::to_string(newest));
    }
    return {};
}

Result<void> apply(Session& session, Dialect const& dialect, Migration const& migration,
                   History& history) {
    if (auto done = session.script(in_dialect(dialect, migration.text)); !done) {
        return fail(done.error().code,
                    "migration " + std::string(migration.name) + ": " + done.error().detail);
    }
    TRY(session.execute("INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
                        migration.number, migration.name, sha256_hex(migration.text)));
    history.says = history.says || migration.name == first_to_say;
    auto const oldest = lives_with(migration);
    if (!history.says || !oldest) return {};
    TRY(session.execute("UPDATE migrations SET lives_with = $2 WHERE number = $1", migration.number,
                        *oldest));
    return {};
}

}  // namespace

std::optional<std::int64_t> lives_with(Migration const& migration) {
    auto rest = migration.text;
    while (rest.starts_with("--")) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (!line.starts_with(saying)) continue;
        if (auto const number = text::read_whole(line.substr(saying.size()))) return number;
    }
    return std::nullopt;
}

Result<Migrated> migrate(Session& session, Dialect const& dialect,
                         std::span<Migration const> migrations) {
    TRY(
        session.script("CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, "
                       "name TEXT NOT NULL, checksum TEXT NOT NULL)"));
    TRY_ASSIGN(auto history, read_history(session));
    Migrated done;
    TRY_ASSIGN(done.newer, unknown(history, migrations));
    TRY(must_live_with(history, migrations));
    for (auto const& migration : migrations) {
        if (history.applied.contains(migration.number)) continue;
        TRY(apply(session, dialect, migration, history));
        ++done.applied;
    }
    return done;
}

Result<std::int64_t> missing_migrations(Session& session, std::span<Migration const> migrations) {
    auto const history = read_history(session);
    if (!history && history.error().code != Errc::internal) {
        return tl::unexpected<Error>(history.error());
    }
    if (!history || history->applied.empty()) {
        return fail(Errc::corrupt, "this is no store of Updraft");
    }
    TRY_ASSIGN(auto const newer, unknown(*history, migrations));
    if (!newer.empty()) {
        return fail(Errc::conflict,
                    "the database was written by a newer Updraft: it has the migration " +
                        newer.front() + ", which this program does not know");
    }
    return std::ranges::count_if(
        migrations, [&](Migration const& one) { return !history->applied.contains(one.number); });
}

}  // namespace updraft::sqlstore
