// The store on a PostgreSQL server: many connections, many instances, every transaction as if
// alone.
//
// Lives here: opening it, and what may be chosen about it.
// Not here:   connections (postgres_link), transactions (postgres_write, postgres_read), threads
//             (postgres_writers, postgres_readers), SQL (*_rows.cpp).
#pragma once

#include <memory>
#include <string>

#include "sqlstore/postgres/options.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/store.h"

namespace updraft::sqlstore {

// Brings the database to the shape of these migrations in one transaction, under a lock that other
// instances wait for; those that run go on. Errors as of migrate() and open_postgres().
[[nodiscard]] Result<Migrated> bring_to_date(PostgresOptions const& options,
                                             std::span<Migration const> migrations);

// Connects, after bring_to_date() with what this program was built with.
// Worth another try: Errc::unavailable while the server cannot be reached, Errc::busy while another
// instance migrates or a migration waited in vain for a table in use. Errc::conflict with a
// sentence as of migrate(), Errc::invalid when its encoding is not UTF-8.
[[nodiscard]] Result<std::unique_ptr<SqlStore>> open_postgres(PostgresOptions const& options);

}  // namespace updraft::sqlstore
