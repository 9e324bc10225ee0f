#include "sqlstore/postgres/statements.h"

#include <libpq-fe.h>

#include <utility>

#include "sqlstore/statement_watch.h"

namespace updraft::sqlstore {
namespace {

// Limit of prepared statements of one connection, so that texts that are built at run time do not
// fill the server's memory.
constexpr std::size_t named_statements_max = 1024;

}  // namespace

bool changes_rows(std::string_view sql) {
    return !sql.starts_with("SELECT") && !sql.starts_with("WITH");
}

bool failed(PostgresAnswer const& answer) {
    auto const status = PQresultStatus(answer.get());
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

void PostgresStatement::learn(PostgresAnswer const& first) {
    ready = ready || !failed(first);
    announced = false;
}

PostgresStatement& PostgresStatements::find(std::string_view sql) {
    auto const known = all_.find(sql);
    if (known != all_.end()) return *known->second;
    auto made = std::make_unique<PostgresStatement>();
    made->sql = sql;
    made->writes = changes_rows(sql);
    if (prepare_ && names_ < named_statements_max) made->name = "u" + std::to_string(names_++);
    note_statement(sql);
    std::string_view const key = made->sql;
    return *all_.emplace(key, std::move(made)).first->second;
}

PostgresStatement& PostgresStatements::put(std::string_view sql, PostgresParams const& params) {
    auto& statement = find(sql);
    if (statement.name.empty()) {
        link_.put(statement.sql, params);
        return statement;
    }
    if (!statement.ready && !std::exchange(statement.announced, true)) {
        link_.put_prepare(statement.name, statement.sql, params);
    }
    link_.put_prepared(statement.name, params);
    return statement;
}

void PostgresStatements::forget_unnamed() {
    if (all_.size() < 2 * named_statements_max) return;
    std::erase_if(all_, [](auto const& kept) { return kept.second->name.empty(); });
}

}  // namespace updraft::sqlstore
