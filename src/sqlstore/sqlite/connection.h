// A session on an SQLite file, with its caches and rows objects (tables/*_rows).
//
// Lives here: creating the three together.
// Not here:   the use of connections (sqlite/readers, sqlite/commit_queue).
#pragma once

#include <memory>
#include <utility>

#include "sqlstore/sqlite/session.h"
#include "sqlstore/tables/caches.h"
#include "sqlstore/tables/tables.h"

namespace updraft::sqlstore {

// Used by one thread at a time.
struct SqliteConnection {
    SqliteConnection(std::unique_ptr<SqliteSession> opened, Generations const& generations)
        : session(std::move(opened)), caches(*session, generations), rows(*session, caches) {}

    std::unique_ptr<SqliteSession> session;
    Caches caches;
    AllRows rows;
};

}  // namespace updraft::sqlstore
