#include "sqlstore/upkeep/shape.h"

#include <map>

#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/session.h"

namespace updraft::sqlstore {
namespace {

Result<std::vector<std::string>> table_names(Session& session) {
    std::vector<std::string> names;
    TRY_ASSIGN(auto rows, session.query("SELECT name FROM sqlite_schema WHERE type = 'table' "
                                        "AND name <> 'migrations' ORDER BY name"));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return names;
        names.emplace_back(rows.text(0));
    }
}

Result<Table> read_table(Session& session, std::string const& name) {
    Table table{.name = name, .columns = {}, .key = {}};
    std::map<std::int64_t, std::size_t> key;  // Position in the key (from 1) -> index in columns.
    TRY_ASSIGN(auto rows, session.query("SELECT name, type, pk FROM pragma_table_info($1) "
                                        "ORDER BY cid",
                                        name));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) break;
        auto const type = rows.text(1);
        if (type != "BIGINT" && type != "TEXT") {
            return fail(Errc::internal, name + " has a column that is neither BIGINT nor TEXT");
        }
        if (rows.number(2) > 0) key[rows.number(2)] = table.columns.size();
        table.columns.push_back({.name = std::string(rows.text(0)),
                                 .kind = type == "TEXT" ? ColumnKind::text : ColumnKind::number});
    }
    for (auto const& [place, column] : key) table.key.push_back(column);
    if (table.key.empty()) return fail(Errc::internal, name + " has no primary key");
    return table;
}

}  // namespace

Result<std::vector<Table>> current_tables() {
    TRY_ASSIGN(auto session, SqliteSession::open(":memory:", Access::read_write, Sync::off));
    TRY(migrate(*session, sqlite_dialect, embedded_migrations()));
    TRY_ASSIGN(auto const names, table_names(*session));
    std::vector<Table> tables;
    for (auto const& name : names) {
        TRY_ASSIGN(auto table, read_table(*session, name));
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace updraft::sqlstore
