// Reads files that hold a secret: keys, tokens, passwords.
//
// Lives here: the only rule about who else may read such a file, and reading it.
//
// Not here:   what is in each of them (app/process/key_file.h, http/tls_files.h, cli/operate.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft {

inline constexpr std::size_t secret_file_bytes_max = 4096;

// The content of the file without white space at its end; nothing when there is no such file.
// Errc::invalid when another user may read or write it: its mode must have no bits for others, and
// bits for the group only when root owns it. Errc::too_large when it has more than `bytes_max`
// bytes, Errc::unavailable when it cannot be read. Every error names the file, none repeats its
// content. What is not a regular file (a pipe) is read as it is; a pipe into which nobody writes is
// Errc::unavailable after some seconds.
[[nodiscard]] Result<std::optional<Secret>> read_secret_file(
    std::string const& path, std::size_t bytes_max = secret_file_bytes_max);
// The same with the white space at its end: for files of several lines.
[[nodiscard]] Result<std::optional<Secret>> read_whole_secret_file(std::string const& path,
                                                                   std::size_t bytes_max);
// Errc::invalid, as above, when another user may read or write the file. Reads nothing; a file that
// cannot be opened is no error.
[[nodiscard]] Result<void> check_secret_mode(std::string const& path);

}  // namespace updraft
