#include "sqlstore/sqlite/readers.h"

#include <algorithm>

namespace updraft::sqlstore {

// A connection and its snapshot. The thread that sets `use` to `taken` has exclusive access to
// both: a thread that reads, or the writer when it ends the snapshot.
struct SqliteReaders::Reader {
    enum class Use : std::uint8_t { idle, taken };

    Reader(std::unique_ptr<SqliteSession> session, Generations const& generations)
        : connection(std::move(session), generations) {}

    void take() {
        auto expected = Use::idle;
        while (!use.compare_exchange_weak(expected, Use::taken, std::memory_order_acquire)) {
            use.wait(Use::taken, std::memory_order_relaxed);
            expected = Use::idle;
        }
    }
    bool try_take() {
        auto expected = Use::idle;
        return use.compare_exchange_strong(expected, Use::taken, std::memory_order_acquire);
    }
    void let_go() {
        use.store(Use::idle, std::memory_order_release);
        use.notify_one();
    }

    // Provides a snapshot that contains everything that was committed before this call.
    Result<void> begin(Generations const& generations, ForeignCommits const& foreign) {
        connection.caches.begin();
        auto const newest = generations.commits();
        auto const others = foreign.count();
        if (connection.session->in_transaction()) {
            if (commits == newest && foreign_commits == others && others % 2 == 0) return {};
            end();
        }
        commits = newest;
        foreign_commits = others;
        return connection.session->control(sqlite_dialect.begin_read);
    }
    void end() {
        auto& session = *connection.session;
        if (!session.in_transaction()) return;
        // Nothing was written, so a roll-back has the same effect if the commit fails.
        if (!session.control(sqlite_dialect.commit)) {
            static_cast<void>(session.control(sqlite_dialect.rollback));
        }
    }

    SqliteConnection connection;
    std::uint64_t commits = 0;          // Commits of the store when the snapshot began.
    std::uint64_t foreign_commits = 0;  // ForeignCommits::count() at that time.
    std::atomic<Use> use{Use::idle};
};

// The readers that one thread holds: one for each store that it has read from, almost always a
// single one.
struct SqliteReaders::ThreadOwned {
    struct Held {
        SqliteReaders* pool;
        std::weak_ptr<SqliteReaders> alive;
        Reader* mine;  // Null while it is in use.
    };
    std::vector<Held> held;

    ThreadOwned() = default;
    ThreadOwned(ThreadOwned const&) = delete;
    ThreadOwned& operator=(ThreadOwned const&) = delete;
    ~ThreadOwned() {
        for (auto& one : held) {
            if (auto const pool = one.alive.lock(); pool && one.mine != nullptr) {
                pool->give_back(one.mine);
            }
        }
    }

    static ThreadOwned& here() {
        static thread_local ThreadOwned owned;
        return owned;
    }
    // The entry of that pool. A new pool may have the address of a deleted one: such an entry is
    // removed, because its reader was deleted with the old pool.
    Held& of(SqliteReaders& pool) {
        auto const found = std::ranges::find(held, &pool, &Held::pool);
        if (found != held.end() && !found->alive.expired()) return *found;
        std::erase_if(held, [](Held const& one) { return one.alive.expired(); });
        return held.emplace_back(Held{&pool, pool.weak_from_this(), nullptr});
    }
};

// A reader that this thread uses; returned by the destructor.
struct SqliteReaders::Borrowed {
    SqliteReaders& pool;
    Reader& reader;

    Borrowed(SqliteReaders& from, Reader& taken) : pool(from), reader(taken) { reader.take(); }
    Borrowed(Borrowed const&) = delete;
    Borrowed& operator=(Borrowed const&) = delete;
    ~Borrowed() {
        auto& session = *reader.connection.session;
        static_cast<void>(session.take_mistype());
        if (session.take_trouble() != SqliteTrouble::none) reader.end();
        reader.let_go();
        auto& owned = ThreadOwned::here().of(pool);
        if (owned.mine == nullptr) {
            owned.mine = &reader;
        } else {
            pool.give_back(&reader);
        }
    }
};

SqliteReaders::SqliteReaders(std::filesystem::path file,
                             std::shared_ptr<Generations const> generations,
                             ForeignCommits const& foreign)
    : file_(std::move(file)), generations_(std::move(generations)), foreign_(foreign) {}
SqliteReaders::~SqliteReaders() = default;

Result<SqliteReaders::Reader*> SqliteReaders::take() {
    auto& owned = ThreadOwned::here().of(*this);
    if (owned.mine != nullptr) return std::exchange(owned.mine, nullptr);
    {
        std::scoped_lock const lock(mutex_);
        if (!idle_.empty()) {
            auto* const reader = idle_.back();
            idle_.pop_back();
            return reader;
        }
    }
    TRY_ASSIGN(auto session, SqliteSession::open(file_, Access::read_only, Sync::off));
    auto made = std::make_unique<Reader>(std::move(session), *generations_);
    auto* const reader = made.get();
    std::scoped_lock const lock(mutex_);
    all_.push_back(std::move(made));
    return reader;
}

void SqliteReaders::give_back(Reader* reader) {
    std::scoped_lock const lock(mutex_);
    idle_.push_back(reader);
}

Result<void> SqliteReaders::read(Store::ReadBody const& body) {
    TRY_ASSIGN(auto* const reader, take());
    Borrowed const borrowed(*this, *reader);
    TRY(reader->begin(*generations_, foreign_));
    Tx const tx(reader->connection.rows.tables());
    TRY(body(tx));
    return reader->connection.session->take_mistype();
}

void SqliteReaders::end_idle_snapshots() {
    std::scoped_lock const lock(mutex_);
    for (auto const& reader : all_) {
        if (!reader->try_take()) continue;
        reader->end();
        reader->let_go();
    }
}

}  // namespace updraft::sqlstore
