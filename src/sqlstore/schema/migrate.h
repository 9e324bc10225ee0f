// Brings the schema of a database up to date.
//
// Lives here: applying each migration once, in order, and deciding which migrations of a newer
//             program are accepted.
// Not here:   the migrations themselves (schema/migrations/, embedded at build time), the resulting
//             schema (schema/schema.sql).
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

// The number in a line such as `-- lives with: 11` in the comment at the top of a migration. A
// program that does not know this migration may use a database that has it if the program's own
// newest migration has that number or a higher one. Nothing when there is no such line: then only
// programs that know the migration may use the database.
[[nodiscard]] std::optional<std::int64_t> lives_with(Migration const& migration);

struct Migrated {
    std::int64_t applied = 0;
    std::vector<std::string> newer;  // Names of unknown ones that are accepted.
};

// Applies the missing migrations, inside the caller's write transaction. Errc::conflict, with a
// sentence, when the database has an unknown migration that is not accepted, or a known one that
// was applied with another text.
[[nodiscard]] Result<Migrated> migrate(Session& session, Dialect const& dialect,
                                       std::span<Migration const> migrations);

// The number of migrations that a database lacks; changes nothing. For commands that copy or check
// all rows: an unknown migration is Errc::conflict, even if migrate() accepts it. Errc::corrupt
// when there is no table of migrations: it is not a database of Updraft.
[[nodiscard]] Result<std::int64_t> missing_migrations(Session& session,
                                                      std::span<Migration const> migrations);

}  // namespace updraft::sqlstore
