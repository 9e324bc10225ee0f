#include "sqlstore/postgres/store.h"

#include <utility>

#include "sqlstore/postgres/commit_queue.h"
#include "sqlstore/postgres/readers.h"
#include "sqlstore/schema/migrate.h"

namespace updraft::sqlstore {
namespace {

class PostgresStore final : public SqlStore {
public:
    PostgresStore(PostgresOptions const& options, Migrated migrated)
        : SqlStore(std::move(migrated.newer)),
          connector_(options),
          readers_(connector_, options),
          commit_queue_(connector_, options) {}

    void submit(WriteBody body, Done done) override {
        commit_queue_.submit(std::move(body), std::move(done));
    }
    Result<void> read(ReadBody const& body) override { return readers_.read(body); }
    void submit_read(ReadBody body, Done done) override {
        readers_.submit(std::move(body), std::move(done));
    }
    bool reads_inline() const override { return false; }
    bool shared() const override { return true; }
    Result<void> healthy() override { return connector_.state(); }
    void on_commit(Touched what, std::function<void()> listener) override {
        commit_queue_.on_commit(what, std::move(listener));
    }
    void on_audit(std::function<void(AuditEntry const&)> listener) override {
        commit_queue_.on_audit(std::move(listener));
    }
    StoreCounts counts() const override { return commit_queue_.counts(); }
    Result<std::int64_t> bytes() override {
        TRY_ASSIGN(auto const session, connector_.connect(Purpose::read));
        TRY_ASSIGN(auto rows, session->query("SELECT pg_database_size(current_database())"));
        TRY_ASSIGN(auto const found, rows.next());
        return found ? rows.number(0) : 0;
    }

private:
    PostgresConnector connector_;
    PostgresReaders readers_;
    PostgresCommitQueue commit_queue_;
};

// While a migration waits for the lock of a table, all other transactions on that table wait behind
// it, so the timeout is short. It is longer than the server's deadlock timeout (1 s), because
// ending a deadlock costs less.
constexpr char const* migration_settings =
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '2s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '60s'";
// Limit of waiting for an answer: a migration may build an index over millions of rows.
constexpr int migration_timeout_ms = 60 * 60 * 1000;

Result<Migrated> migrate_in_turn(PostgresSession& session, std::span<Migration const> migrations) {
    // Read committed: the migrations that another instance commits while this one waits for the
    // lock must be visible.
    TRY(session.script("BEGIN ISOLATION LEVEL READ COMMITTED"));
    TRY(session.script(migration_settings));
    if (auto const locked = session.script(std::string(postgres_dialect.lock_migrations));
        !locked) {
        if (locked.error().code != Errc::busy) return tl::unexpected<Error>(locked.error());
        return fail(Errc::busy, "another instance is bringing the database to date");
    }
    TRY_ASSIGN(auto migrated, migrate(session, postgres_dialect, migrations));
    TRY(session.script(std::string(postgres_dialect.commit)));
    return migrated;
}

}  // namespace

// Applies all missing migrations in one transaction, one instance after the other.
Result<Migrated> bring_to_date(PostgresOptions const& options,
                               std::span<Migration const> migrations) {
    TRY_ASSIGN(auto const session, PostgresSession::open(options));
    session->link().set_answer_timeout(migration_timeout_ms);
    return migrate_in_turn(*session,
                           migrations);  // Without a commit it is rolled back with the connection.
}

Result<std::unique_ptr<SqlStore>> open_postgres(PostgresOptions const& options) {
    TRY_ASSIGN(auto migrated, bring_to_date(options, embedded_migrations()));
    return std::make_unique<PostgresStore>(options, std::move(migrated));
}

}  // namespace updraft::sqlstore
