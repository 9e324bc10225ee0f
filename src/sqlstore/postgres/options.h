// The options of a store on a PostgreSQL server.
//
// Lives here: the options and their defaults, and checking a URL and the files that it names.
// Not here:   reading settings (app/settings/settings.h), opening the store (postgres/store).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "sqlstore/store.h"
#include "vocabulary/instant.h"

namespace updraft::sqlstore {

struct PostgresOptions {
    std::string url;                      // postgresql://…, as libpq reads it.
    std::string application = "updraft";  // The name of the connections in the server's lists.
    Durability durability = Durability::power;
    // Connections that write, each with a thread. Only one transaction at a time writes, so two are
    // enough: one waits for the write lock while the other one commits.
    std::size_t writers = 2;
    std::size_t readers = 10;        // Connections that read, each with a thread.
    std::size_t queue_max = 16'384;  // Transactions waiting, of each kind; above: Errc::busy.
    std::size_t batch_max = 64;      // Write transactions in one commit, when many wait.
    Millis lock_timeout =
        std::chrono::seconds{20};  // Longest wait for the write lock; then Errc::busy.
    bool prepare = true;  // Named prepared statements. False behind a pooler that gives each
                          // transaction another session.
    // A descriptor that becomes readable when the process ends: from then on a server that gives no
    // answer for a second counts as lost. It outlives every connection. -1: none.
    int hurry = -1;
};

// Errc::invalid, with a sentence, when libpq cannot read the URL, or its user or password has a
// special character that is not percent-encoded. The sentence contains no part of the URL, because
// that part may be the password.
[[nodiscard]] Result<void> check_postgres_url(std::string const& url);

// Errc::invalid, with the option and the file, when a file that the URL names cannot be used, or
// libpq does not understand one of its options. Reads those files (postgres/url_files.h).
[[nodiscard]] Result<void> check_postgres_files(std::string const& url);

}  // namespace updraft::sqlstore
