// Which tables today's database has, with their columns and keys, in order.
//
// Lives here: finding that out from the migrations themselves, so that no list can fall behind.
// Not here:   the migrations (migrations/*.sql), what is in the tables (copy, inspection).
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
    std::vector<std::size_t> key;  // Places in `columns`; rows are told apart and ordered by these.

    bool operator==(Table const&) const = default;
};

// By name; without the list of migrations itself, which each database keeps of its own.
[[nodiscard]] Result<std::vector<Table>> current_tables();

}  // namespace updraft::sqlstore
