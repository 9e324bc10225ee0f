// Shows answers to people: as aligned columns, or one line for each field.
//
// Lives here: making text for a terminal from the JSON of the admin API.
//
// Not here:   the widths of columns (cli/table.h), the call (cli/client.h), answers that are
// printed
//             as JSON (cli/output.h).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/table.h"
#include "json/reader.h"

namespace updraft::cli {

// The items as rows of a table, a text for each name in `columns`; "actor.name" is the member name
// of the member actor. Unsafe characters are escaped: text from a device must not control a
// terminal.
[[nodiscard]] std::vector<Row> rows_of(json::Array const& items,
                                       std::span<std::string_view const> columns);

// "field  value" lines; a list of objects follows as a table under its name, no wider than
// `columns_max` (0: as wide as it is).
[[nodiscard]] std::string as_fields(json::Object const& object, std::size_t columns_max);

// The detail or title of a problem+json, or the first bytes of the body.
[[nodiscard]] std::string problem_of(std::string_view body);

}  // namespace updraft::cli
