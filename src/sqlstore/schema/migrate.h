// Brings the schema of a database up to date.
//
// Lives here: applying each migration once, in order, and which migrations of a newer program we
//             can work with.
// Not here:   the migrations themselves (schema/migrations/, embedded at build time), what they
//             make (schema/schema.sql).
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
    std::string_view text;  // SQL that in_dialect() translates.
};

// The migrations that this program was built with, in order.
[[nodiscard]] std::span<Migration const> embedded_migrations();

// What the comment at the top of a migration says in a line `-- lives with: 11`: programs whose own
// newest migration has that number, or a later one, work on a database that has this one. Nothing
// when it says none: only programs that know it do.
[[nodiscard]] std::optional<std::int64_t> lives_with(Migration const& migration);

struct Migrated {
    std::int64_t applied = 0;
    std::vector<std::string> newer;  // Names of those that we do not know and can work with.
};

// Applies what is missing, inside the caller's write transaction.
// Errc::conflict with a sentence when the database has one that we do not know and cannot work
// with, or one that was applied with another text.
[[nodiscard]] Result<Migrated> migrate(Session& session, Dialect const& dialect,
                                       std::span<Migration const> migrations);

// How many migrations a database lacks; changes nothing. One that we do not know is Errc::conflict
// here even if we could work with it: this is for commands that copy or check all rows.
// Errc::corrupt when there is no table of migrations: it is no database of Updraft.
[[nodiscard]] Result<std::int64_t> missing_migrations(Session& session,
                                                      std::span<Migration const> migrations);

}  // namespace updraft::sqlstore
