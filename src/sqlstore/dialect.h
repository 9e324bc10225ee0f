// The SQL texts that differ between SQLite and PostgreSQL.
//
// Lives here: every text that is not common to both (docs/architecture.md#the-store).
// Not here:   connections to a database (sqlite/session, postgres/session), the common SQL
//             (tables/, schema/migrations/).
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/instant.h"

namespace updraft::sqlstore {

struct Dialect {
    std::string_view name;
    std::string_view begin_write;  // SQLite: takes the write lock.
    std::string_view begin_read;   // The first query after it takes the snapshot.
    std::string_view commit;
    std::string_view rollback;
    std::string_view savepoint;
    std::string_view release_savepoint;
    std::string_view rollback_to_savepoint;
    std::string_view without_limits;  // In a transaction of a command, which may take hours.
    std::string_view clustered;       // Replaces the word /*clustered*/ after a CREATE TABLE.
    std::string_view text;            // Replaces the type TEXT of a column.
    std::string_view
        lock_migrations;  // After begin_write, so that one instance at a time migrates.
    // A query that answers "ok", or one row for each damage. Empty: the server checks its files
    // itself.
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

// Write transactions of all instances run one after the other (postgres_turn), so each one sees the
// changes of all earlier ones.
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
    // A key that no other program locks: its bytes are "updraft".
    .lock_migrations = "SELECT pg_advisory_xact_lock(32775974105965172)",
    .own_check = "",
};

// What clients are told of a row that breaks a unique index.
inline constexpr std::string_view told_of_conflict = "it exists already, or was changed meanwhile";

// The settings of a PostgreSQL session. `local` is "true" when they apply to the current
// transaction only, otherwise "false". Each of our queries has an index. So the planner may not use
// plans that read whole tables, and plans do not depend on statistics.
[[nodiscard]] std::string postgres_settings(bool survives_power_loss, Millis lock_timeout,
                                            std::string_view local);

// Sent after begin_write: waits for the write lock of all instances, which is released at the end
// of the transaction. Its key is that of lock_migrations plus one.
inline constexpr std::string_view postgres_turn = "SELECT pg_advisory_xact_lock(32775974105965173)";

// Makes queries that a reading session sends in one batch see one snapshot.
inline constexpr std::string_view postgres_snapshots =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

// The SQL of a migration, translated to that dialect.
[[nodiscard]] std::string in_dialect(Dialect const& dialect, std::string_view migration);

}  // namespace updraft::sqlstore
