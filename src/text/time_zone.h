// Reads an offset from UTC.
//
// Lives here: reading a text such as "+08:00".
//
// Not here:   applying an offset to a time (vocabulary/instant.h).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "text/whole_number.h"

namespace updraft::text {

// Reads "+08:00" or "-03:30" as minutes (east is positive). Nothing for any other form, or when the
// offset is larger than `largest`, which limits both directions.
[[nodiscard]] constexpr std::optional<std::chrono::minutes> read_utc_offset(
    std::string_view text, std::chrono::minutes largest) {
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    auto const hours = digits_at(text, 1, 2);
    auto const minutes = digits_at(text, 4, 2);
    if (!hours || !minutes || *minutes > 59) return std::nullopt;
    auto const offset = std::chrono::minutes{*hours * 60 + *minutes};
    if (offset > largest) return std::nullopt;
    return text[0] == '-' ? -offset : offset;
}

}  // namespace updraft::text
