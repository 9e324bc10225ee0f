#include "sqlstore/connection.h"

#include <algorithm>

namespace updraft::sqlstore {

// What one thread holds of each pool that it read from: almost always a single one.
struct ReaderPool::ThreadOwned {
    struct Held {
        ReaderPool* pool;
        std::weak_ptr<ReaderPool> alive;
        Connection* idle;  // Null while it is in use.
    };
    std::vector<Held> held;

    ThreadOwned() = default;
    ThreadOwned(ThreadOwned const&) = delete;
    ThreadOwned& operator=(ThreadOwned const&) = delete;
    ~ThreadOwned() {
        for (auto& one : held) {
            if (auto const pool = one.alive.lock(); pool && one.idle != nullptr) {
                pool->give_back(one.idle);
            }
        }
    }

    static ThreadOwned& here() {
        static thread_local ThreadOwned owned;
        return owned;
    }
    // The entry of that pool. A pool that died may have left its address to a new one: then the
    // connection in the entry died with it.
    Held& of(ReaderPool& pool) {
        auto const found = std::ranges::find(held, &pool, &Held::pool);
        if (found != held.end() && !found->alive.expired()) return *found;
        std::erase_if(held, [](Held const& one) { return one.alive.expired(); });
        return held.emplace_back(Held{&pool, pool.weak_from_this(), nullptr});
    }
};

// A connection inside a read transaction, which ends in every way that the body ends.
struct ReaderPool::Borrowed {
    ReaderPool& pool;
    Connection* connection;

    Borrowed(ReaderPool& from, Connection* taken) : pool(from), connection(taken) {}
    Borrowed(Borrowed const&) = delete;
    Borrowed& operator=(Borrowed const&) = delete;
    ~Borrowed() {
        auto& session = *connection->session;
        // Nothing was written: an end that fails is repaired by a roll-back, and else by nobody.
        if (session.in_transaction() && !session.control(sqlite_dialect.commit)) {
            static_cast<void>(session.control(sqlite_dialect.rollback));
        }
        static_cast<void>(session.take_mistype());
        static_cast<void>(session.take_trouble());
        auto& mine = ThreadOwned::here().of(pool);
        if (mine.idle == nullptr) {
            mine.idle = connection;
        } else {
            pool.give_back(connection);
        }
    }
};

Result<Connection*> ReaderPool::take() {
    auto& mine = ThreadOwned::here().of(*this);
    if (mine.idle != nullptr) return std::exchange(mine.idle, nullptr);
    {
        std::scoped_lock const lock(mutex_);
        if (!idle_.empty()) {
            auto* const connection = idle_.back();
            idle_.pop_back();
            return connection;
        }
    }
    TRY_ASSIGN(auto session, SqliteSession::open(file_, Access::read_only, Sync::off));
    auto connection = std::make_unique<Connection>(std::move(session), *generations_);
    auto* const taken = connection.get();
    std::scoped_lock const lock(mutex_);
    all_.push_back(std::move(connection));
    return taken;
}

void ReaderPool::give_back(Connection* connection) {
    std::scoped_lock const lock(mutex_);
    idle_.push_back(connection);
}

Result<void> ReaderPool::read(Store::ReadBody const& body) {
    TRY_ASSIGN(auto* const connection, take());
    Borrowed const borrowed(*this, connection);
    // In this order: what is cached for the generation seen here is never older than the snapshot
    // that a caller who waited for a commit must see.
    connection->caches.begin();
    TRY(connection->session->control(sqlite_dialect.begin_read));
    Tx const tx(connection->rows.tables());
    TRY(body(tx));
    return connection->session->take_mistype();
}

}  // namespace updraft::sqlstore
