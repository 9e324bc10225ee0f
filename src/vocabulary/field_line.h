// A line of an HTTP header, as a client library hands it over.
//
// Lives here: whether it is a certain field, and the field's value.
// Not here:   heads that we parse ourselves (http/framing.h).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace updraft {

// The value without white space around it; nothing when the line is another field's. `lower_name`
// is in lower case.
[[nodiscard]] inline std::optional<std::string> field_value(std::string_view line,
                                                            std::string_view lower_name) {
    if (line.size() <= lower_name.size() || line[lower_name.size()] != ':') return std::nullopt;
    auto const same = std::ranges::equal(
        line.substr(0, lower_name.size()), lower_name,
        [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
    if (!same) return std::nullopt;
    static constexpr std::string_view blank = " \t\r\n";
    auto const value = line.substr(lower_name.size() + 1);
    auto const first = value.find_first_not_of(blank);
    if (first == std::string_view::npos) return std::string();
    return std::string(value.substr(first, value.find_last_not_of(blank) - first + 1));
}

}  // namespace updraft
