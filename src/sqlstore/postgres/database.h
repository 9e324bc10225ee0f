// Opens a PostgreSQL database for a command (such as a backup), while servers run or not.
//
// Lives here: opening it, and refusing when a server uses it at the same time, where that is not
//             allowed.
// Not here:   the commands' work (upkeep/), the store of a server (postgres/store).
#pragma once

#include "sqlstore/database.h"
#include "sqlstore/postgres/store.h"

namespace updraft::sqlstore {

// For reading; servers may run.
[[nodiscard]] Result<Database> open_postgres_to_look(std::string const& url);
// For reading. Errc::conflict when a server is connected to the database.
[[nodiscard]] Result<Database> open_postgres_to_empty(std::string const& url);
// For writing; applies the missing migrations. Errc::conflict when a server is connected to the
// database.
[[nodiscard]] Result<Database> open_postgres_to_fill(std::string const& url);

}  // namespace updraft::sqlstore
