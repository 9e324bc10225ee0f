#include "sqlstore/sqlite/store.h"

#include <string>
#include <system_error>

#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/commit_queue.h"
#include "sqlstore/sqlite/file_lock.h"
#include "sqlstore/sqlite/readers.h"

namespace updraft::sqlstore {
namespace {

class SqliteStore final : public SqlStore {
public:
    SqliteStore(FileLock lock, ForeignCommits foreign, SqliteOptions const& options,
                std::unique_ptr<SqliteSession> session, Migrated migrated)
        : SqlStore(std::move(migrated.newer)),
          lock_(std::move(lock)),
          file_(options.file.string()),
          foreign_(std::move(foreign)),
          generations_(std::make_shared<Generations>()),
          readers_(std::make_shared<SqliteReaders>(options.file, generations_, foreign_)),
          commit_queue_(std::move(session), generations_, readers_, options) {}
    // The commit queue shares the readers, and releases them before it closes its connection.
    ~SqliteStore() override { readers_.reset(); }
    SqliteStore(SqliteStore const&) = delete;
    SqliteStore& operator=(SqliteStore const&) = delete;

    void submit(WriteBody body, Done done) override {
        commit_queue_.submit(std::move(body), std::move(done));
    }
    Result<void> read(ReadBody const& body) override { return readers_->read(body); }
    void submit_read(ReadBody body, Done done) override { done(readers_->read(body)); }
    bool reads_inline() const override { return true; }
    Result<void> healthy() override { return commit_queue_.healthy(); }
    void on_commit(Touched what, std::function<void()> listener) override {
        commit_queue_.on_commit(what, std::move(listener));
    }
    void on_audit(std::function<void(AuditEntry const&)> listener) override {
        commit_queue_.on_audit(std::move(listener));
    }
    StoreCounts counts() const override { return commit_queue_.counts(); }
    Result<std::int64_t> bytes() override {
        std::int64_t sum = 0;
        for (auto const* end : {"", "-wal", "-shm"}) {
            std::error_code missing;
            auto const bytes = std::filesystem::file_size(file_ + end, missing);
            if (!missing) sum += static_cast<std::int64_t>(bytes);
        }
        return sum;
    }

private:
    FileLock lock_;  // First member, so that it is released last.
    std::string const file_;
    ForeignCommits foreign_;
    std::shared_ptr<Generations> generations_;
    std::shared_ptr<SqliteReaders> readers_;
    SqliteCommitQueue commit_queue_;
};

// Applies all missing migrations in one transaction: after a crash the database has all of them or
// none.
Result<Migrated> bring_to_date(SqliteSession& session) {
    TRY(session.control(sqlite_dialect.begin_write));
    auto migrated = migrate(session, sqlite_dialect, embedded_migrations());
    if (!migrated) {
        static_cast<void>(session.control(sqlite_dialect.rollback));
        return migrated;
    }
    TRY(session.control(sqlite_dialect.commit));
    return migrated;
}

}  // namespace

Result<std::unique_ptr<SqlStore>> open_sqlite(SqliteOptions const& options) {
    TRY_ASSIGN(auto lock, FileLock::take(options.file));
    TRY_ASSIGN(auto foreign, ForeignCommits::open(options.file));
    foreign.reset();
    auto const sync = options.durability == Durability::power ? Sync::every_commit : Sync::off;
    TRY_ASSIGN(auto session, SqliteSession::open(options.file, Access::read_write, sync));
    TRY_ASSIGN(auto migrated, bring_to_date(*session));
    return std::make_unique<SqliteStore>(std::move(lock), std::move(foreign), options,
                                         std::move(session), std::move(migrated));
}

}  // namespace updraft::sqlstore
