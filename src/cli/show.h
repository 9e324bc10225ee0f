// Answers as people read them: aligned columns, or one line a field.
//
// Lives here: JSON of the admin API to text for a terminal.
// Not here:   asking (cli/client.h); with --json the answer is printed as it came.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "json/reader.h"

namespace updraft::cli {

// The objects of `items`, a column for each name in `columns`, under a line of headings. Control
// characters are replaced: a device's text must not steer a terminal.
[[nodiscard]] std::string as_columns(json::Array const& items,
                                     std::span<std::string_view const> columns);

// "field  value" lines; a list of objects follows as columns under its name.
[[nodiscard]] std::string as_fields(json::Object const& object);

// What a problem+json says, else the first of the body.
[[nodiscard]] std::string problem_in(int status, std::string_view body);

}  // namespace updraft::cli
