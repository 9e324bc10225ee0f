// The store on an SQLite file.
//
// Lives here: opening it (lock, migrations), and its options.
// Not here:   committing (sqlite/commit_queue), reading (sqlite/readers), SQL (tables/).
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "sqlstore/store.h"

namespace updraft::sqlstore {

struct SqliteOptions {
    std::filesystem::path file;
    Durability durability = Durability::power;
    std::size_t queue_max = 16'384;  // Waiting write transactions; more: Errc::busy.
    std::size_t batch_max = 256;     // Write transactions in one commit.
};

// Opens the database and applies the missing migrations. Creates the file if it is missing; its
// folder must exist. Errc::conflict, with a sentence, when another process has the lock, or as of
// migrate(); Errc::unavailable when the file cannot be used; Errc::corrupt when it is not a
// database.
[[nodiscard]] Result<std::unique_ptr<SqlStore>> open_sqlite(SqliteOptions const& options);

}  // namespace updraft::sqlstore
