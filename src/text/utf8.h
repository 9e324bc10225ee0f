// Reads UTF-8 one character at a time (RFC 3629).
//
// Lives here: where a character ends, and which bytes are none.
//
// Not here:   which characters are safe to show (text/clean_text.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace updraft::text {

// U+FFFD, which is written in place of a byte that belongs to no character.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

struct Character {
    std::uint32_t code_point = 0;
    std::size_t bytes = 0;  // 0: the first byte of the text begins no character.
};

// The character at the front of `text`, which must not be empty. Overlong forms, surrogates, values
// above U+10FFFF and sequences that are cut are no characters.
[[nodiscard]] Character first_character(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// The longest beginning of `text` that has at most `bytes_max` bytes and ends between characters.
[[nodiscard]] std::string_view cut_between_characters(std::string_view text, std::size_t bytes_max);

}  // namespace updraft::text
