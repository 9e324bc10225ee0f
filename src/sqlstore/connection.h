// A session with everything that belongs to it: caches and rows.
//
// Lives here: opening one, and a pool of those that read.
// Not here:   the one that writes (writer), what a transaction promises (ports/store.h).
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "ports/store.h"
#include "sqlstore/caches.h"
#include "sqlstore/sqlite_session.h"
#include "sqlstore/tables.h"

namespace updraft::sqlstore {

// Used by one thread at a time.
struct Connection {
    Connection(std::unique_ptr<SqliteSession> opened, Generations const& generations)
        : session(std::move(opened)), caches(*session, generations), rows(*session, caches) {}

    std::unique_ptr<SqliteSession> session;
    Caches caches;
    AllRows rows;
};

// Connections that read. Each thread keeps the one that it used last, so that taking one costs no
// lock; a thread that ends gives it back. Safe to call from any thread.
class ReaderPool : public std::enable_shared_from_this<ReaderPool> {
public:
    ReaderPool(std::filesystem::path file, std::shared_ptr<Generations const> generations)
        : file_(std::move(file)), generations_(std::move(generations)) {}

    // Runs `body` on a snapshot, on this thread.
    Result<void> read(Store::ReadBody const& body);

private:
    struct Borrowed;
    struct ThreadOwned;

    Result<Connection*> take();
    void give_back(Connection* connection);

    std::filesystem::path const file_;
    std::shared_ptr<Generations const> const generations_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> all_;
    std::vector<Connection*> idle_;
};

}  // namespace updraft::sqlstore
