// Connections that read an SQLite file, for any thread.
//
// Lives here: opening and lending them, and how long a snapshot stays open.
// Not here:   the connection that writes (sqlite/commit_queue), the contract of a transaction
//             (ports/store.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "ports/store.h"
#include "sqlstore/sqlite/connection.h"
#include "sqlstore/sqlite/foreign_commits.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

// Each thread keeps the connection that it used last, so that taking one needs no lock; a thread
// that ends returns it. A snapshot stays open until there is a newer commit, because opening one
// takes twice as long as looking up a row. Safe to call from any thread.
class SqliteReaders : public std::enable_shared_from_this<SqliteReaders> {
public:
    // `foreign` must outlive the readers.
    SqliteReaders(std::filesystem::path file, std::shared_ptr<Generations const> generations,
                  ForeignCommits const& foreign);
    ~SqliteReaders();
    SqliteReaders(SqliteReaders const&) = delete;
    SqliteReaders& operator=(SqliteReaders const&) = delete;

    // Runs `body` on a snapshot, on this thread.
    Result<void> read(Store::ReadBody const& body);
    // Ends the snapshots that are not in use, because they prevent a complete checkpoint of the
    // write-ahead log.
    void end_idle_snapshots();

private:
    struct Reader;
    struct Borrowed;
    struct ThreadOwned;

    Result<Reader*> take();
    void give_back(Reader* reader);

    std::filesystem::path const file_;
    std::shared_ptr<Generations const> const generations_;
    ForeignCommits const& foreign_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> all_;
    std::vector<Reader*> idle_;
};

}  // namespace updraft::sqlstore
