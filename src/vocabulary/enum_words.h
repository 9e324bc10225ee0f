// Conversion between the values of an enumeration and their names. Each enumeration has one table
// of names, in the order of its values.
//
// Lives here: from a value to its name, and back.
//
// Not here:   the tables (beside each enumeration, e.g. access/app.h).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace updraft {

template <std::size_t count>
using EnumWords = std::array<std::string_view, count>;

template <class Enum, std::size_t count>
[[nodiscard]] constexpr std::string_view word_in(EnumWords<count> const& words, Enum value) {
    return words[static_cast<std::size_t>(value)];
}

// Nothing when no value has that name.
template <class Enum, std::size_t count>
[[nodiscard]] constexpr std::optional<Enum> value_in(EnumWords<count> const& words,
                                                     std::string_view text) {
    for (std::size_t i = 0; i < count; ++i) {
        if (words[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace updraft
