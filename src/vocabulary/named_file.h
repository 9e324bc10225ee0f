// Reads small files that an operator named: configurations, certificates.
//
// Lives here: reading such a file whole, with an error that says why it cannot be read.
//
// Not here:   files that hold a secret (vocabulary/secret_file.h).
#pragma once

#include <cstddef>
#include <string>

#include "vocabulary/result.h"

namespace updraft {

inline constexpr std::size_t named_file_bytes_max = std::size_t{4} << 20;

// The whole content. Errc::invalid when the file is missing, is a directory, cannot be read or has
// more than `named_file_bytes_max` bytes; the error names the file and the reason. A pipe is read
// to its end; one into which nobody writes cannot be read.
[[nodiscard]] Result<std::string> read_named_file(std::string const& path);

}  // namespace updraft
