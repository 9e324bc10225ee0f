// A copy of a store as of one moment, in one SQLite file, taken while servers go on writing.
//
// Lives here: taking one of an SQLite or a PostgreSQL store.
// Not here:   the artifacts that belong to it (keeping/backup).
#pragma once

#include <filesystem>

#include "sqlstore/database.h"

namespace updraft::sqlstore {

// `to` must not exist. It is complete and compact, but not yet flushed. The write-ahead log of
// `from` grows meanwhile. Errc::not_found when there is no `from`.
[[nodiscard]] Result<void> take_snapshot(std::filesystem::path const& from,
                                         std::filesystem::path const& to);

// The same of any database that was opened to look: copied row by row, and compared.
[[nodiscard]] Result<void> take_snapshot(Database& from, std::filesystem::path const& to);

}  // namespace updraft::sqlstore
