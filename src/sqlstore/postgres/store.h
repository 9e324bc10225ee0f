// The store on a PostgreSQL server: many connections, many instances, every transaction as if
// alone.
//
// Lives here: opening it, and what may be chosen about it.
// Not here:   connections (postgres_link), transactions (postgres_write, postgres_read), threads
//             (postgres_writers, postgres_readers), SQL (*_rows.cpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "sqlstore/schema/migrate.h"
#include "sqlstore/store.h"

namespace updraft::sqlstore {

struct PostgresOptions {
    std::string url;                      // postgresql://…, as libpq reads it.
    std::string application = "updraft";  // What the server lists the connections under.
    Durability durability = Durability::power;
    // Connections that write, each with a thread. Transactions that write take turns, so that one
    // more than one is enough: it waits for its turn while the other one commits.
    std::size_t writers = 2;
    std::size_t readers = 10;        // Connections that read, each with a thread.
    std::size_t queue_max = 16'384;  // Transactions waiting, of each kind; above: Errc::busy.
    std::size_t batch_max = 64;      // Write transactions in one commit, when many wait.
    Millis lock_patience = std::chrono::seconds{20};  // For its turn; above: Errc::busy.
    bool prepare = true;  // Named prepared statements; a pooler by transaction needs them off.
};

// Errc::invalid with a sentence when that is no URL for libpq. The sentence repeats nothing of it.
[[nodiscard]] Result<void> check_postgres_url(std::string const& url);

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
