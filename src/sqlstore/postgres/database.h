// A PostgreSQL database that one command works on by itself, beside a server or instead of one.
//
// Lives here: opening it, and refusing where a server still uses it.
// Not here:   what the commands do with it (upkeep/), a server's store (postgres/store).
#pragma once

#include "sqlstore/database.h"
#include "sqlstore/postgres/store.h"

namespace updraft::sqlstore {

// Reads, and changes nothing; servers may run.
[[nodiscard]] Result<Database> open_postgres_to_look(std::string const& url);
// The same. Errc::conflict while a server is connected to it.
[[nodiscard]] Result<Database> open_postgres_to_empty(std::string const& url);
// Applies the migrations that are missing. Errc::conflict while a server is connected to it.
[[nodiscard]] Result<Database> open_postgres_to_fill(std::string const& url);

}  // namespace updraft::sqlstore
