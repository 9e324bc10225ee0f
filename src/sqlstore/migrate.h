// Bringing a database to the shape that this program knows.
//
// Lives here: applying the ordered migrations once, and refusing what we do not understand.
// Not here:   the migrations themselves (migrations/*.sql, embedded when we are built).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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

// Applies what is missing, inside the caller's write transaction. Answers how many were applied.
// Errc::conflict with a sentence when the database has one that we do not know (it was written by a
// newer program), or remembers another text for one.
[[nodiscard]] Result<std::int64_t> migrate(Session& session, Dialect const& dialect,
                                           std::span<Migration const> migrations);

// How many of ours a database lacks, without changing it; errors as migrate(). A database without
// any list of migrations is none of ours: Errc::corrupt.
[[nodiscard]] Result<std::int64_t> missing_migrations(Session& session,
                                                      std::span<Migration const> migrations);

}  // namespace updraft::sqlstore
