// Bringing a database to the shape that this program knows.
//
// Lives here: applying the ordered migrations once, and which of a newer program's we live with.
// Not here:   the migrations themselves (migrations/*.sql, embedded when we are built).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sqlstore/dialect.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

struct Migration {
    std::int64_t number;    // From 1, without gaps.
    std::string_view name;  // The file's name without its ending.
    std::string_view text;  // Common tongue.
};

// Those that this program was built with, in order.
[[nodiscard]] std::span<Migration const> embedded_migrations();

// What the comment at the top of a migration says in a line `-- lives with: 11`: programs whose own
// newest migration has that number, or a later one, work on a database that has this one. Nothing
// when it says none: only programs that know it do.
[[nodiscard]] std::optional<std::int64_t> lives_with(Migration const& migration);

struct Migrated {
    std::int64_t applied = 0;
    std::vector<std::string> newer;  // Names of those that we do not know and can live with.
};

// Applies what is missing, inside the caller's write transaction.
// Errc::conflict with a sentence when the database has one that we do not know and that does not
// say that we can live with it, or remembers another text for one.
[[nodiscard]] Result<Migrated> migrate(Session& session, Dialect const& dialect,
                                       std::span<Migration const> migrations);

// How many of ours a database lacks, without changing it. One that we do not know is Errc::conflict
// here, whatever it says: this is for commands that take a database as a whole. A database without
// any list of migrations is none of ours: Errc::corrupt.
[[nodiscard]] Result<std::int64_t> missing_migrations(Session& session,
                                                      std::span<Migration const> migrations);

}  // namespace updraft::sqlstore
