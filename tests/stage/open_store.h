// A real store for a test: SQLite in a folder that goes away with it.
//
// Lives here: opening and clearing up.
// Not here:   rows to begin with: each test writes what it needs through the store's own verbs.
#pragma once

#include <filesystem>
#include <memory>

#include "sqlstore/sql_store.h"

namespace updraft::stage {

// Closes the store, then removes its folder.
struct CloseAndRemove {
    std::filesystem::path folder;
    void operator()(sqlstore::SqlStore* store) const;
};
using ScratchStore = std::unique_ptr<sqlstore::SqlStore, CloseAndRemove>;

// A new empty folder, in memory where the machine has such a place.
[[nodiscard]] std::filesystem::path scratch_folder();

// All migrations applied, nothing in it. Throws when it cannot be opened: a test cannot go on.
// Usage: auto store = stage::open_store(); write(*store, [&](Tx& tx) { … });
[[nodiscard]] ScratchStore open_store(sqlstore::SqliteOptions options = {});

}  // namespace updraft::stage
