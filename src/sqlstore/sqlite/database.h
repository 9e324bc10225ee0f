// Opens an SQLite store for a command (such as a backup), while a server runs or not.
//
// Lives here: opening it for reading, with or without the lock of a server, or for filling it.
// Not here:   the commands' work (upkeep/), the store of a server (sqlite/store).
#pragma once

#include <filesystem>

#include "ports/store.h"
#include "sqlstore/database.h"

namespace updraft::sqlstore {

// For reading; a server may run. Errc::not_found when there is no such file.
[[nodiscard]] Result<Database> open_to_look(std::filesystem::path const& file);
// For reading, with the lock of a server: Errc::conflict while a server runs.
[[nodiscard]] Result<Database> open_to_empty(std::filesystem::path const& file);
// For writing, with the lock of a server: Errc::conflict while a server runs. Creates the file if
// it is missing, and applies the missing migrations.
[[nodiscard]] Result<Database> open_to_fill(std::filesystem::path const& file);

// Runs `body` on a snapshot of the store in that file; a server may run. Does not run it when the
// store has an older shape, which a server updates at its start. Errors as of open_to_look(), and
// of `body`; a store of a newer program is an error too.
[[nodiscard]] Result<void> look_into_store(std::filesystem::path const& file,
                                           Store::ReadBody const& body);

}  // namespace updraft::sqlstore
