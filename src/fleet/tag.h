// Tags: words by which operators mark devices.
//
// Lives here: their limits, and the rule for one word. Pure.
//
// Not here:   rows (ports/devices_table.h), JSON (admin/devices.cpp).
#pragma once

#include <cstddef>
#include <string_view>

namespace updraft::fleet {

inline constexpr std::size_t tags_max = 16;  // Of one device.
inline constexpr std::size_t tag_bytes_max = 32;

// True for 1 to tag_bytes_max characters of a-z, 0-9, '_', '.' and '-'.
[[nodiscard]] constexpr bool is_tag(std::string_view text) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    return !text.empty() && text.size() <= tag_bytes_max &&
           text.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace updraft::fleet
