// The tables, columns and keys of a database that has all migrations.
//
// Lives here: reading them from a database in memory to which the migrations were applied, so that
//             no second list is needed.
// Not here:   the migrations (schema/migrate.h), the rows of the tables (upkeep/table_walk).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::sqlstore {

enum class ColumnKind : std::uint8_t { number, text };

struct Column {
    std::string name;
    ColumnKind kind;

    bool operator==(Column const&) const = default;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key;  // The primary key, as indexes in `columns`.

    bool operator==(Table const&) const = default;
};

// In order of name, without the table of migrations, which is not copied.
[[nodiscard]] Result<std::vector<Table>> current_tables();

}  // namespace updraft::sqlstore
