// Reads all rows of a table in order of its key, at most rows_max at a time.
//
// Lives here: reading all columns, and a digest of them. Memory use does not depend on the size of
//             the table.
// Not here:   the list of tables (upkeep/shape), writing the rows (upkeep/copy).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sqlstore/session.h"
#include "sqlstore/upkeep/shape.h"
#include "vocabulary/digest.h"

namespace updraft::sqlstore {

using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Row = std::vector<Cell>;

[[nodiscard]] Param as_param(Cell const& cell);
// "did, name, model".
[[nodiscard]] std::string column_list(Table const& table);

// To be used within one transaction: otherwise rows may be missed.
class TableWalk {
public:
    static constexpr std::int64_t rows_max = 500;

    TableWalk(Session& session, Table const& table);
    TableWalk(TableWalk const&) = delete;
    TableWalk& operator=(TableWalk const&) = delete;

    // The next rows: rows_max of them, fewer at the end, none after the end. Errc::corrupt when a
    // column has another type than it was declared with.
    [[nodiscard]] Result<std::vector<Row>> next();

private:
    Session& session_;
    Table const& table_;
    std::string first_;  // The SQL of the first rows.
    std::string after_;  // The SQL of the rows after a key.
    Row last_key_;
};

// The number of rows of a table, and a digest of all of them in order.
struct TableSum {
    std::int64_t rows = 0;
    Sha256 digest{};

    void add(std::vector<Row> const& some);
    bool operator==(TableSum const&) const = default;
};
[[nodiscard]] Result<TableSum> sum_of(Session& session, Table const& table);

}  // namespace updraft::sqlstore
