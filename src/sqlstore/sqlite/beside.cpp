#include "sqlstore/sqlite/beside.h"

#include "sqlstore/job.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/connection.h"
#include "sqlstore/sqlite/foreign_commits.h"

namespace updraft::sqlstore {
namespace {

Result<void> run_up_to_date(SqliteConnection& connection, Store::WriteBody const& body) {
    TRY_ASSIGN(auto const missing, missing_migrations(*connection.session, embedded_migrations()));
    if (missing > 0) {
        return fail(Errc::conflict,
                    "the database is older than this program: start its server once before");
    }
    Tx tx(connection.rows.tables());
    TRY(run_guarded(body, tx));
    return connection.session->take_mistype();
}

}  // namespace

Result<void> write_beside(std::filesystem::path const& file, Store::WriteBody const& body,
                          std::function<void(AuditEntry const&)> const& recorded) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(file, failed)) {
        return fail(Errc::not_found, "there is no store at " + file.string());
    }
    TRY_ASSIGN(auto foreign, ForeignCommits::open(file));
    TRY_ASSIGN(auto opened, SqliteSession::open(file, Access::read_write, Sync::every_commit));
    Generations const generations;
    SqliteConnection connection(std::move(opened), generations);
    auto& session = *connection.session;
    TRY(session.control(sqlite_dialect.begin_write));
    auto const done = run_up_to_date(connection, body);
    if (!done) {
        static_cast<void>(session.control(sqlite_dialect.rollback));
        return done;
    }
    foreign.announce();
    auto const committed = session.control(sqlite_dialect.commit);
    foreign.done();
    if (!committed) return committed;
    for (auto const& entry : session.take_audited()) recorded(entry);
    return {};
}

}  // namespace updraft::sqlstore
