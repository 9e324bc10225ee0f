// Spellings of a version: "2.0.0", " 2.0.0" and "v2.0.0" are the same one.
//
// Lives here: the part of a version's text that is compared.
//
// Not here:   which release a device runs (firmware/running.h).
#pragma once

#include <string_view>

#include "vocabulary/ascii.h"
#include "vocabulary/ids.h"

namespace updraft {

// The text without blanks (also tabs and line ends) at both ends and without one leading "v" or "V"
// before a digit. "vega" stays. A view into `version`.
[[nodiscard]] constexpr std::string_view bare_version(std::string_view version) {
    version = trimmed(version, " \t\r\n");
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() > 1 && (version[0] == 'v' || version[0] == 'V') && is_digit(version[1])) {
        version.remove_prefix(1);
    }
    return version;
}

[[nodiscard]] constexpr bool is_same_version(std::string_view a, std::string_view b) {
    return bare_version(a) == bare_version(b);
}
[[nodiscard]] inline bool is_same_version(Version const& a, Version const& b) {
    return is_same_version(a.value, b.value);
}

}  // namespace updraft
