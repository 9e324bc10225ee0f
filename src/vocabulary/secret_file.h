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
// content. What is not a regular file (a pipe) is read as it is.
[[nodiscard]] Result<std::optional<Secret>> read_secret_file(
    std::string const& path, std::size_t bytes_max = secret_file_bytes_max);

}  // namespace updraft
