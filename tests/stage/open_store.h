// A real store for a test: SQLite in a folder, or a database on a PostgreSQL server, that goes away
// with it.
//
// Lives here: opening and clearing up.
// Not here:   rows to begin with: each test writes what it needs through the store's own verbs.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "sqlstore/postgres/store.h"
#include "sqlstore/sqlite/store.h"

namespace updraft::stage {

// Closes the store, then removes its file or database.
struct CloseAndRemove {
    std::filesystem::path folder;  // Empty on a server.
    std::function<void()> remove;
    void operator()(sqlstore::SqlStore* store) const;
};
using ScratchStore = std::unique_ptr<sqlstore::SqlStore, CloseAndRemove>;

// A new empty folder, in memory where the machine has such a place.
[[nodiscard]] std::filesystem::path scratch_folder();

// All migrations applied, nothing in it. Throws when it cannot be opened: a test cannot go on.
// Usage: auto store = stage::open_store(); write(*store, [&](Tx& tx) { … });
[[nodiscard]] ScratchStore open_store(sqlstore::SqliteOptions options = {});

// A new, empty database on the tests' own PostgreSQL (tests/stage/postgres.py), which runs while
// ctest does; its URL is in the file that UPDRAFT_TEST_POSTGRES names. Throws without one.
class ScratchDatabase {
public:
    ScratchDatabase();
    ~ScratchDatabase();
    ScratchDatabase(ScratchDatabase const&) = delete;
    ScratchDatabase& operator=(ScratchDatabase const&) = delete;

    [[nodiscard]] std::string const& url() const { return url_; }

private:
    std::string name_;
    std::string url_;
};

// The URL of a database on the tests' own PostgreSQL that all test processes share. The first
// process makes it, and `fill`s it; afterwards it is not changed.
[[nodiscard]] std::string shared_database(std::string const& name,
                                          std::function<void(std::string const& url)> const& fill);

// As open_store(), on a ScratchDatabase.
[[nodiscard]] ScratchStore open_postgres_store(sqlstore::PostgresOptions options = {});

}  // namespace updraft::stage
