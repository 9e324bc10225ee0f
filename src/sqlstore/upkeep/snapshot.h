// Copies a store, as of one moment, to one SQLite file, while servers continue to write.
//
// Lives here: the snapshot of an SQLite or a PostgreSQL store.
// Not here:   the artifacts that belong to it (keeping/backup).
#pragma once

#include <filesystem>

#include "sqlstore/database.h"

namespace updraft::sqlstore {

// `from` is an SQLite file. `to` must not exist; afterwards it is complete and compact, but not
// flushed. The write-ahead log of `from` grows meanwhile. Errc::not_found when `from` does not
// exist.
[[nodiscard]] Result<void> take_snapshot(std::filesystem::path const& from,
                                         std::filesystem::path const& to);

// The same for a database of either kind that was opened for reading: its rows are copied and
// compared.
[[nodiscard]] Result<void> take_snapshot(Database& from, std::filesystem::path const& to);

}  // namespace updraft::sqlstore
