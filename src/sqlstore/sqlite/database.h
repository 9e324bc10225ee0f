// An SQLite store that one command works on by itself, beside a server or instead of one.
//
// Lives here: opening it to look, to take everything out, or to fill it.
// Not here:   what the commands do with it (upkeep/), a server's store (sqlite/store).
#pragma once

#include <filesystem>

#include "sqlstore/database.h"

namespace updraft::sqlstore {

// Reads, and changes nothing; a server may run. Errc::not_found when there is no such file.
[[nodiscard]] Result<Database> open_to_look(std::filesystem::path const& file);
// The same, while no server may run: Errc::conflict when one does.
[[nodiscard]] Result<Database> open_to_empty(std::filesystem::path const& file);
// Makes it if it is missing, applies the migrations that are missing, and locks it as a server
// does.
[[nodiscard]] Result<Database> open_to_fill(std::filesystem::path const& file);

}  // namespace updraft::sqlstore
