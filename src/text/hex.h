// Writes bytes and numbers in hexadecimal.
//
// Lives here: writing with lower-case or upper-case digits, and the value of one digit.
//
// Not here:   computing digests (vocabulary/digest.h), percent-encoding (text/percent.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace updraft::text {

inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

// Two lower-case digits for each byte.
[[nodiscard]] std::string hex(std::string_view bytes);

// The value of one digit in either case; -1 for any other character.
[[nodiscard]] constexpr int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// Fills `into` with the lowest digits of the number, with leading zeros.
constexpr void put_hex(std::uint64_t number, std::span<char> into,
                       std::string_view digits = hex_digits) {
    for (auto at = into.size(); at > 0; number >>= 4U) into[--at] = digits[number & 15U];
}

}  // namespace updraft::text
