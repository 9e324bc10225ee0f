// Percent-encoding in targets.
//
// Lives here: decoding of one path segment or query value.
// Not here:   where segments begin and end (http/router).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace updraft::http {

// The decoded text; nothing for "%", "%4", "%zz" and "%00". '+' stays as it is.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace updraft::http
