// The store on a PostgreSQL server, which several instances may share.
//
// Lives here: opening it, and bringing its database up to date.
// Not here:   its options (postgres/options), connections (postgres/connector), transactions
//             (postgres/write_runner, postgres/read_runner), threads (postgres/commit_queue,
//             postgres/readers), SQL (tables/).
#pragma once

#include <memory>
#include <string>

#include "sqlstore/postgres/options.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/store.h"

namespace updraft::sqlstore {

// Applies the missing migrations in one transaction, under a lock for which other starting
// instances wait; running instances continue. Errors as of migrate() and open_postgres().
[[nodiscard]] Result<Migrated> bring_to_date(PostgresOptions const& options,
                                             std::span<Migration const> migrations);

// Opens the store after bring_to_date() with the embedded migrations. Temporary errors:
// Errc::unavailable when the server cannot be reached, Errc::busy when another instance migrates or
// a table stayed in use. Others: Errc::conflict as of migrate(), Errc::invalid when the encoding of
// the database is not UTF-8.
[[nodiscard]] Result<std::unique_ptr<SqlStore>> open_postgres(PostgresOptions const& options);

}  // namespace updraft::sqlstore
