#include "sqlstore/postgres/database.h"

#include "sqlstore/postgres/session.h"

namespace updraft::sqlstore {
namespace {

// The application name of a command's connections; those of servers have another one.
constexpr char const* name_of_commands = "updraft-command";
// Limit of waiting for an answer: a command reads whole tables, which may take hours.
constexpr int command_timeout_ms = 24 * 60 * 60 * 1000;

// Without `prepare` the session gets no settings. So a pooler may be used, and all kinds of plans
// are allowed, which a command needs.
PostgresOptions of_command(std::string const& url) {
    return {.url = url, .application = name_of_commands, .prepare = false};
}

// The server still lists a connection that was closed a moment ago, so the list is read several
// times.
constexpr int looks_max = 50;
constexpr char const* pause = "SELECT pg_sleep(0.1)";

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

Result<Database> open_postgres_to_look(std::string const& url) {
    TRY_ASSIGN(auto session, PostgresSession::open(of_command(url)));
    session->link().set_answer_timeout(command_timeout_ms);
    return Database{.lock = {}, .session = std::move(session), .dialect = &postgres_dialect};
}

Result<Database> open_postgres_to_empty(std::string const& url) {
    TRY_ASSIGN(auto database, open_postgres_to_look(url));
    TRY(must_be_alone(*database.session));
    return database;
}

Result<Database> open_postgres_to_fill(std::string const& url) {
    TRY_ASSIGN(auto database, open_postgres_to_empty(url));
    TRY(bring_to_date(of_command(url), embedded_migrations()));
    return database;
}

}  // namespace updraft::sqlstore
