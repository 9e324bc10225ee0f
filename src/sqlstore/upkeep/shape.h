// The tables of a database with all migrations, with their columns and keys.
//
// Lives here: reading that from a database in memory that the migrations made, so that there is no
//             second list.
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
    std::vector<std::size_t> key;  // The primary key, as places in `columns`.

    bool operator==(Table const&) const = default;
};

// In order of name; without the table of migrations, which every database fills itself.
[[nodiscard]] Result<std::vector<Table>> current_tables();

}  // namespace updraft::sqlstore
