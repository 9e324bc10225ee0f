// The store on a PostgreSQL server, which several instances may share.
//
// Lives here: opening it, and bringing its database up to date.
// Not here:   what may be chosen (postgres/options), connections (postgres/connector), transactions
//             (postgres/write_runner, postgres/read_runner), threads (postgres/commit_queue,
//             postgres/readers), SQL (tables/).
#pragma once

#include <memory>
#include <string>

#include "sqlstore/postgres/options.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/store.h"

namespace updraft::sqlstore {

// Applies the migrations that are missing in one transaction, under a lock that other starting
// instances wait for; running instances go on. Errors as of migrate() and open_postgres().
[[nodiscard]] Result<Migrated> bring_to_date(PostgresOptions const& options,
                                             std::span<Migration const> migrations);

// Opens it after bring_to_date() with the embedded migrations. Errors that may pass:
// Errc::unavailable while the server cannot be reached, Errc::busy while another instance migrates
// or a table stayed in use. Others: Errc::conflict as of migrate(), Errc::invalid when its encoding
// is not UTF-8.
[[nodiscard]] Result<std::unique_ptr<SqlStore>> open_postgres(PostgresOptions const& options);

}  // namespace updraft::sqlstore
