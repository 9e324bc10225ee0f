// What differs between the databases that speak our SQL.
//
// Lives here: every word that is not common tongue (docs/architecture.md#the-store).
// Not here:   talking to a database (sqlite_session), the common SQL (*_rows.cpp, migrations/).
#pragma once

#include <string>
#include <string_view>

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
    std::string_view clustered;  // Replaces the word /*clustered*/ after a CREATE TABLE.
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
    .clustered = "WITHOUT ROWID",
    .own_check = "PRAGMA integrity_check(20)",
};

// A migration, as that database wants to hear it.
[[nodiscard]] std::string spoken(Dialect const& dialect, std::string_view migration);

}  // namespace updraft::sqlstore
