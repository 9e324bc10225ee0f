// What differs between the databases that speak our SQL.
//
// Lives here: every word that is not common tongue (docs/architecture.md#the-store).
// Not here:   talking to a database (sqlite_session), the common SQL (*_rows.cpp, migrations/).
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/instant.h"

namespace updraft::sqlstore {

struct Dialect {
    std::string_view name;
    std::string_view begin_write;  // From here on, this session alone writes.
    std::string_view begin_read;   // The snapshot is taken by the first query after it.
    std::string_view commit;
    std::string_view rollback;
    std::string_view savepoint;
    std::string_view release_savepoint;
    std::string_view rollback_to_savepoint;
    std::string_view without_limits;   // In a transaction of a command, which may take its time.
    std::string_view clustered;        // Replaces the word /*clustered*/ after a CREATE TABLE.
    std::string_view text;             // Replaces the type TEXT of a column.
    std::string_view lock_migrations;  // After begin_write, so that instances take turns.
    // Answers "ok", or what is broken, a line each. Empty: a server that sees to that itself.
    std::string_view own_check;
};

inline constexpr Dialect sqlite_dialect{
    .name = "SQLite",
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .savepoint = "SAVEPOINT job",
    .release_savepoint = "RELEASE job",
    .rollback_to_savepoint = "ROLLBACK TO job",
    .without_limits = "",
    .clustered = "WITHOUT ROWID",
    .text = "TEXT",
    .lock_migrations = "",
    .own_check = "PRAGMA integrity_check(20)",
};

// Transactions that write take turns, over all connections of all instances: each sees what those
// before it have left, and runs as if it were alone, because it is.
inline constexpr Dialect postgres_dialect{
    .name = "PostgreSQL",
    .begin_write = "BEGIN ISOLATION LEVEL READ COMMITTED",
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .savepoint = "SAVEPOINT job",
    .release_savepoint = "RELEASE SAVEPOINT job",
    .rollback_to_savepoint = "ROLLBACK TO SAVEPOINT job",
    .without_limits =
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
        "SET LOCAL idle_in_transaction_session_timeout = 0",
    .clustered = "",
    .text = R"(TEXT COLLATE "C")",
    // Any number that nobody else locks: this one spells "updraft".
    .lock_migrations = "SELECT pg_advisory_xact_lock(32775974105965172)",
    .own_check = "",
};

// What a PostgreSQL session is told before it is used; `local` is "true" when only the transaction
// under way is meant. Every query of ours has its index, so the planner is kept from everything
// that reads whole tables: that costs nothing, and needs no statistics.
[[nodiscard]] std::string postgres_settings(bool survives_power_loss, Millis lock_patience,
                                            std::string_view local);

// After begin_write: waits for the turn, which ends with the transaction. The number is that of
// migrations, and one more.
inline constexpr std::string_view postgres_turn = "SELECT pg_advisory_xact_lock(32775974105965173)";

// What a session that reads is told, so that commands which travel together see one snapshot.
inline constexpr std::string_view postgres_snapshots =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

// A migration, as that database wants to hear it.
[[nodiscard]] std::string in_dialect(Dialect const& dialect, std::string_view migration);

}  // namespace updraft::sqlstore
