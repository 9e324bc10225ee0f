// A PostgreSQL database that one command works on by itself, beside a server or instead of one.
//
// Lives here: opening it, and making sure that no server uses it where none may.
// Not here:   what the commands do with it (inspection, copy), a server's store (postgres_store).
#pragma once

#include "sqlstore/database.h"
#include "sqlstore/postgres/store.h"

namespace updraft::sqlstore {

// Beside running servers: reads, and changes nothing.
[[nodiscard]] Result<Database> open_postgres_to_look(std::string const& url);
// The same. Errc::conflict while a server is connected to it.
[[nodiscard]] Result<Database> open_postgres_to_empty(std::string const& url);
// Brings it to today's shape. Errc::conflict while a server is connected to it.
[[nodiscard]] Result<Database> open_postgres_to_fill(std::string const& url);

}  // namespace updraft::sqlstore
