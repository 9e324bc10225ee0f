#include "sqlstore/postgres_database.h"

#include "sqlstore/postgres_session.h"

namespace updraft::sqlstore {
namespace {

// A command reads whole tables, and may take its time over it: unlike a server it wants all plans,
// and no limits.
constexpr char const* without_limits =
    "SET application_name = 'updraft-command';"
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
    "SET plan_cache_mode = auto; SET enable_seqscan = on; SET enable_bitmapscan = on;"
    "SET enable_hashjoin = on; SET enable_mergejoin = on";
constexpr int patience_ms = 24 * 60 * 60 * 1000;

// A connection that was closed a moment ago is still listed: that is waited out.
constexpr int looks_max = 50;
constexpr char const* pause = "SELECT pg_sleep(0.1)";

// Servers give this name to their connections.
Result<bool> others_are_there(Session& session) {
    TRY_ASSIGN(auto rows,
               session.query("SELECT COUNT(*) FROM pg_stat_activity "
                             "WHERE datname = current_database() "
                             "AND application_name = 'updraft' AND pid <> pg_backend_pid()"));
    TRY_ASSIGN(auto const found, rows.next());
    return found && rows.number(0) > 0;
}

Result<void> must_be_alone(Session& session) {
    for (int look = 0; look < looks_max; ++look) {
        TRY_ASSIGN(auto const others, others_are_there(session));
        if (!others) return {};
        TRY(session.script(pause));
    }
    return fail(Errc::conflict, "a server is using that database: stop every instance first");
}

}  // namespace

Result<Database> open_postgres_to_look(PostgresOptions const& options) {
    TRY_ASSIGN(auto session, PostgresSession::open(options, nullptr));
    session->link().be_patient_for(patience_ms);
    TRY(session->script(without_limits));
    return Database{.lock = {}, .session = std::move(session), .dialect = &postgres_dialect};
}

Result<Database> open_postgres_to_empty(PostgresOptions const& options) {
    TRY_ASSIGN(auto database, open_postgres_to_look(options));
    TRY(must_be_alone(*database.session));
    return database;
}

Result<Database> open_postgres_to_fill(PostgresOptions const& options) {
    TRY_ASSIGN(auto database, open_postgres_to_empty(options));
    TRY(bring_to_date(options, embedded_migrations()));
    return database;
}

}  // namespace updraft::sqlstore
