// Reads whole numbers strictly.
//
// Lives here: reading a text that is one number and nothing else, and digits at a fixed position.
//
// Not here:   numbers with units (app/settings/setting_values.h), numbers in JSON (json/reader.h).
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace updraft::text {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True when the text has at least one character, and only decimal digits.
[[nodiscard]] constexpr bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Reads digits, with an optional '-' before them when T is signed. Nothing when the text contains
// anything else, or when T cannot hold the number.
template <std::integral T = std::int64_t>
[[nodiscard]] std::optional<T> read_whole(std::string_view text, int base = 10) {
    T number{};
    auto const* const end = text.data() + text.size();
    auto const [stopped, trouble] = std::from_chars(text.data(), end, number, base);
    if (trouble != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

// The same, but a sign is refused.
template <std::integral T = std::int64_t>
[[nodiscard]] std::optional<T> read_digits(std::string_view text) {
    if (!is_digits(text)) return std::nullopt;
    return read_whole<T>(text);
}

// The number in the `width` (at most 9) decimal digits from position `at`; nothing when one of them
// is missing or not a digit.
[[nodiscard]] constexpr std::optional<int> digits_at(std::string_view text, std::size_t at,
                                                     std::size_t width) {
    if (at + width > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + width; ++i) {
        if (!is_digit(text[i])) return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace updraft::text
