// Whether the version inside a firmware file is the one that it is released as.
//
// Lives here: how versions are compared, format by format (docs/admin-api.md#what-a-file-says).
// Not here:   reading the file (firmware/inspect.h), when it matters (firmware/publish.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/ids.h"

namespace updraft::firmware {

// `image`: the text of firmware/inspect.h, or empty. The version that it tells, when that
// contradicts `version`; nothing when they agree or one of them says nothing that can be compared.
[[nodiscard]] std::optional<std::string> contradiction(std::string_view image,
                                                       Version const& version);

}  // namespace updraft::firmware
