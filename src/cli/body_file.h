// Files from which parts of a body are taken.
//
// Lives here: reading a JSON object, and a list of lines, from a file or the standard input.
//
// Not here:   files that are sent as they are (cli/client.h).
#pragma once

#include <string>
#include <vector>

#include "json/reader.h"
#include "vocabulary/result.h"

namespace updraft::cli {

inline constexpr std::size_t body_file_bytes_max = 1024 * 1024;  // As much as a body may have.

// All of them: "-" is the standard input. Errc::invalid, naming the file, when it cannot be read,
// is larger than body_file_bytes_max, or has another content.
[[nodiscard]] Result<json::Object> object_in_file(std::string const& file);
// Without blanks at their ends, and without empty lines.
[[nodiscard]] Result<std::vector<std::string>> lines_in_file(std::string const& file);

}  // namespace updraft::cli
