// Compares the version inside a firmware file with the version of its release.
//
// Lives here: how versions of each format are compared (docs/admin-api.md#what-a-file-says).
//
// Not here:   reading the file (firmware/inspect.h), what a difference leads to
//             (firmware/publish.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/ids.h"

namespace updraft::firmware {

// `image` is the text of firmware/inspect.h, or empty. Answers the version in `image` when it
// differs from `version`; nothing when they agree or cannot be compared.
[[nodiscard]] std::optional<std::string> contradiction(std::string_view image,
                                                       Version const& version);

}  // namespace updraft::firmware
