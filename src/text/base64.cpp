#include "text/base64.h"

#include <array>

namespace updraft::text {
namespace {

constexpr std::string_view usual_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The value of each byte as a base64 digit; -1 for other bytes.
using Values = std::array<std::int8_t, 256>;
constexpr Values values_of(std::string_view alphabet) {
    Values values{};
    values.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}
constexpr Values usual_values = values_of(usual_alphabet);
constexpr Values url_safe_values = values_of(url_safe_alphabet);

// The number of "=" that the usual form has after this many digits; nothing when no byte sequence
// has that number of digits.
std::optional<std::size_t> padding_after(std::size_t digits) {
    auto const beyond = digits % 4;
    if (beyond == 1) return std::nullopt;
    return (4 - beyond) % 4;
}

}  // namespace

std::string base64(std::string_view bytes, Base64 form) {
    auto const letters = form == Base64::usual ? usual_alphabet : url_safe_alphabet;
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int held = 0;  // Number of bits in `bits` that are not written yet.
    for (char const byte : bytes) {
        bits = bits << 8 | static_cast<std::uint8_t>(byte);
        for (held += 8; held >= 6; held -= 6) text += letters[bits >> (held - 6) & 63];
    }
    if (held > 0) text += letters[bits << (6 - held) & 63];
    if (form == Base64::usual) text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> read_base64(std::string_view text, Base64 form) {
    auto const& values = form == Base64::usual ? usual_values : url_safe_values;
    auto const digits = text.substr(0, text.find('='));
    auto const padding = padding_after(digits.size());
    auto const expected = form == Base64::usual ? padding.value_or(0) : 0;
    auto const behind = text.substr(digits.size());
    if (!padding || behind != std::string_view("==").substr(0, expected)) return std::nullopt;
    std::string bytes;
    bytes.reserve(digits.size() * 3 / 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (char const digit : digits) {
        auto const value = values[static_cast<unsigned char>(digit)];
        if (value < 0) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 255);
    }
    // Unused bits must be zero, so that each byte sequence has only one text.
    if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace updraft::text
