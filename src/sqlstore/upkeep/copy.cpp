#include "sqlstore/upkeep/copy.h"

#include <algorithm>
#include <utility>

#include "sqlstore/schema/migrate.h"
#include "sqlstore/upkeep/table_walk.h"

namespace updraft::sqlstore {
namespace {

// Placeholders in one statement; SQLite accepts 999.
constexpr std::size_t placeholders_max = 900;

Result<void> must_be_of_today(Session& session) {
    TRY_ASSIGN(auto const missing, missing_migrations(session, embedded_migrations()));
    if (missing == 0) return {};
    return fail(Errc::conflict,
                "the store has an older shape: start this version's server on it once, and stop "
                "it again");
}

Result<void> must_be_empty(Session& session, std::vector<Table> const& tables) {
    for (auto const& table : tables) {
        auto const sql = "SELECT 1 FROM " + table.name + " LIMIT 1";
        TRY_ASSIGN(auto rows, session.query(sql));
        TRY_ASSIGN(auto const found, rows.next());
        if (found) {
            return fail(Errc::conflict, "the store to copy to is not empty: there are rows in " +
                                            table.name + "; nothing was changed");
        }
    }
    return {};
}

// Inserts rows by two statements, one for many rows and one for a single row, each prepared once.
class Filling {
public:
    Filling(Session& session, Table const& table)
        : session_(session),
          at_once_(std::max<std::size_t>(1, placeholders_max / table.columns.size())),
          many_(insert(table, at_once_)),
          one_(insert(table, 1)) {}

    Result<void> add(std::vector<Row> const& rows) {
        std::size_t done = 0;
        while (done < rows.size()) {
            auto const count = rows.size() - done >= at_once_ ? at_once_ : 1;
            std::vector<Param> params;
            for (auto const& row : std::span(rows).subspan(done, count)) {
                for (auto const& cell : row) params.push_back(as_param(cell));
            }
            TRY(session_.execute_params(count == 1 ? one_ : many_, params));
            done += count;
        }
        return {};
    }

private:
    static std::string insert(Table const& table, std::size_t rows) {
        auto sql = "INSERT INTO " + table.name + " (" + column_list(table) + ") VALUES ";
        std::size_t place = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            sql += row == 0 ? "(" : ", (";
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                sql += (i == 0 ? "$" : ", $") + std::to_string(++place);
            }
            sql += ")";
        }
        return sql;
    }

    Session& session_;
    std::size_t at_once_;
    std::string many_;
    std::string one_;
};

Result<CopiedTable> copy_table(Session& from, Session& to, Table const& table) {
    TableSum sent;
    TableWalk walk(from, table);
    Filling filling(to, table);
    for (;;) {
        TRY_ASSIGN(auto const some, walk.next());
        if (some.empty()) break;
        TRY(filling.add(some));
        sent.add(some);
    }
    TRY_ASSIGN(auto const arrived, sum_of(to, table));
    if (arrived != sent) {
        return fail(Errc::corrupt, "what arrived in " + table.name + " (" +
                                       std::to_string(arrived.rows) +
                                       " rows) is not what was sent (" + std::to_string(sent.rows) +
                                       " rows); nothing was changed");
    }
    return CopiedTable{.name = table.name, .rows = sent.rows};
}

}  // namespace

Result<std::vector<CopiedTable>> copy_all(Database& from, Database& to) {
    TRY_ASSIGN(auto const tables, current_tables());
    TRY_ASSIGN(auto reading, Transaction::begin(from, Transaction::Kind::read));
    TRY(must_be_of_today(*from.session));
    TRY_ASSIGN(auto writing, Transaction::begin(to, Transaction::Kind::write));
    TRY(must_be_of_today(*to.session));
    TRY(must_be_empty(*to.session, tables));
    std::vector<CopiedTable> copied;
    for (auto const& table : tables) {
        TRY_ASSIGN(auto done, copy_table(*from.session, *to.session, table));
        copied.push_back(std::move(done));
    }
    TRY(writing.commit());
    return copied;
}

}  // namespace updraft::sqlstore
