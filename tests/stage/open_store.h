// A real store for one test: SQLite in a folder, or a database on a PostgreSQL server. Both are
// removed after the test.
//
// Lives here: opening and removing.
//
// Not here:   initial rows: each test writes what it needs through the store's interface.
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
    std::filesystem::path folder;  // Empty for PostgreSQL.
    std::function<void()> remove;
    void operator()(sqlstore::SqlStore* store) const;
};
using ScratchStore = std::unique_ptr<sqlstore::SqlStore, CloseAndRemove>;

// A new empty folder, in memory (tmpfs) if the machine has such a file system.
[[nodiscard]] std::filesystem::path scratch_folder();

// An empty store with all migrations applied. Throws when it cannot be opened.
// Usage: auto store = stage::open_store(); write(*store, [&](Tx& tx) { … });
[[nodiscard]] ScratchStore open_store(sqlstore::SqliteOptions options = {});

// A new, empty database on the PostgreSQL server that ctest starts for the tests
// (tests/stage/postgres.py). Its URL is in the file that UPDRAFT_TEST_POSTGRES names. Throws when
// there is no such server.
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
