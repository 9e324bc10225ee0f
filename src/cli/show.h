// Shows answers to people: as aligned columns, or one line for each field.
//
// Lives here: making text for a terminal from the JSON of the admin API.
//
// Not here:   the call (cli/client.h); with --json the answer is printed as JSON
//             (json::for_terminal).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "json/reader.h"

namespace updraft::cli {

// The objects of `items`, a column for each name in `columns`, under a line of headings. Unsafe
// characters are replaced: text from a device must not control a terminal.
[[nodiscard]] std::string as_columns(json::Array const& items,
                                     std::span<std::string_view const> columns);

// "field  value" lines; a list of objects follows as columns under its name.
[[nodiscard]] std::string as_fields(json::Object const& object);

// The detail or title of a problem+json, or the first bytes of the body.
[[nodiscard]] std::string problem_of(std::string_view body);

}  // namespace updraft::cli
