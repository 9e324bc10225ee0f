// Compares the version inside a firmware file with other versions: that of its release, and those
// that devices report.
//
// Lives here: how versions of each format are compared (docs/admin-api.md#what-a-file-says).
//
// Not here:   reading the file (firmware/inspect.h), what a difference leads to
//             (firmware/publish.h), which release a device runs (firmware/running.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/version_inside.h"
#include "vocabulary/ids.h"

namespace updraft::firmware {

// `image` is the text of firmware/inspect.h, or empty. Answers the version in `image` when it
// differs from `version`; nothing when they agree or cannot be compared.
[[nodiscard]] std::optional<std::string> contradiction(std::string_view image,
                                                       Version const& version);

// True when the file states that version, in any notation; false also when they cannot be compared.
[[nodiscard]] bool file_says(VersionInside const& file, Version const& version);

// True when the file states that version in a notation that leaves no doubt: not as a hexadecimal
// number that looks like a decimal one, and with its build number.
[[nodiscard]] bool file_says_plainly(VersionInside const& file, Version const& version);

}  // namespace updraft::firmware
