// Reads one line of an HTTP header, as libcurl passes it.
//
// Lives here: the value of a field with a given name.
//
// Not here:   headers of requests to our server (http/framing.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/ascii.h"

namespace updraft {

// The value without white space around it; nothing when the line has another field.
[[nodiscard]] inline std::optional<std::string> field_value(std::string_view line,
                                                            std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
    if (!same_name(line.substr(0, name.size()), name)) return std::nullopt;
    return std::string(trimmed(line.substr(name.size() + 1), " \t\r\n"));
}

}  // namespace updraft
