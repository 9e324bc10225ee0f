// A line of an HTTP header, as a client library hands it over.
//
// Lives here: whether it is a certain field, and the field's value.
// Not here:   heads that we parse ourselves (http/framing.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/ascii.h"

namespace updraft {

// The value without white space around it; nothing when the line is another field's.
[[nodiscard]] inline std::optional<std::string> field_value(std::string_view line,
                                                            std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
    if (!same_name(line.substr(0, name.size()), name)) return std::nullopt;
    return std::string(trimmed(line.substr(name.size() + 1), " \t\r\n"));
}

}  // namespace updraft
