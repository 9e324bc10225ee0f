#include "sqlstore/postgres_store.h"

#include <utility>

#include "sqlstore/migrate.h"
#include "sqlstore/postgres_readers.h"
#include "sqlstore/postgres_writers.h"

namespace updraft::sqlstore {
namespace {

class PostgresStore final : public SqlStore {
public:
    explicit PostgresStore(PostgresOptions const& options)
        : reach_(options), readers_(reach_, options), writers_(reach_, options) {}

    void submit(WriteBody body, Done done) override {
        writers_.submit(std::move(body), std::move(done));
    }
    Result<void> read(ReadBody const& body) override { return readers_.read(body); }
    void submit_read(ReadBody body, Done done) override {
        readers_.submit(std::move(body), std::move(done));
    }
    bool reads_inline() const override { return false; }
    bool shared() const override { return true; }
    Result<void> healthy() override { return reach_.state(); }
    void on_commit(Touched what, std::function<void()> listener) override {
        writers_.on_commit(what, std::move(listener));
    }
    StoreCounts counts() const override { return writers_.counts(); }

private:
    PostgresReach reach_;
    PostgresReaders readers_;
    PostgresWriters writers_;
};

}  // namespace

// All missing migrations in one transaction, one instance after the other.
Result<void> bring_to_date(PostgresOptions const& options) {
    TRY_ASSIGN(auto const session, PostgresSession::open(options, nullptr));
    // Not serializable: what another instance did while we waited for the lock must be seen.
    TRY(session->script("BEGIN ISOLATION LEVEL READ COMMITTED"));
    TRY(session->script(std::string(postgres_dialect.lock_migrations)));
    auto const migrated = migrate(*session, postgres_dialect, embedded_migrations());
    if (!migrated) {
        static_cast<void>(session->script(std::string(postgres_dialect.rollback)));
        return tl::unexpected<Error>(migrated.error());
    }
    return session->script(std::string(postgres_dialect.commit));
}

Result<std::unique_ptr<SqlStore>> open_postgres(PostgresOptions const& options) {
    TRY(bring_to_date(options));
    return std::make_unique<PostgresStore>(options);
}

}  // namespace updraft::sqlstore
