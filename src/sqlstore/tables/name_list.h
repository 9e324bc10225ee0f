// Parameters for the names that a query looks up at once.
//
// Lives here: the list in the SQL text, and taking names for it.
// Not here:   the queries (tables/devices_rows.cpp, tables/upgrades_rows.cpp,
//             tables/policies_rows.cpp).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sqlstore/session.h"

namespace updraft::sqlstore {

// Names in one query; a shorter list repeats its last name. A text with one length is prepared
// once.
inline constexpr std::size_t names_at_once = 50;

// "($1, $2, …)" with names_at_once places, beginning with $`first`.
[[nodiscard]] inline std::string name_places(std::size_t first) {
    std::string list = "(";
    for (std::size_t i = 0; i < names_at_once; ++i) {
        if (i > 0) list += ", ";
        list += '$' + std::to_string(first + i);
    }
    return list + ')';
}

// Adds the next names_at_once of `names`, which must not be empty, and removes them there.
template <class Id>
void take_names(std::span<Id const>& names, std::vector<Param>& params) {
    auto const count = std::min(names.size(), names_at_once);
    for (auto const& name : names.first(count)) params.emplace_back(name);
    for (auto i = count; i < names_at_once; ++i) params.emplace_back(names[count - 1]);
    names = names.subspan(count);
}

}  // namespace updraft::sqlstore
