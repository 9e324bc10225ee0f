#include "vocabulary/base64.h"

namespace updraft {
namespace {

constexpr std::string_view usual_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::string_view alphabet(Base64 form) {
    return form == Base64::usual ? usual_alphabet : url_safe_alphabet;
}

}  // namespace

std::string base64(std::string_view bytes, Base64 form) {
    auto const letters = alphabet(form);
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int held = 0;  // Bits in `bits` that were not written yet.
    for (char const byte : bytes) {
        bits = bits << 8 | static_cast<std::uint8_t>(byte);
        for (held += 8; held >= 6; held -= 6) text += letters[bits >> (held - 6) & 63];
    }
    if (held > 0) text += letters[bits << (6 - held) & 63];
    if (form == Base64::usual) text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> read_base64(std::string_view text, Base64 form) {
    auto const letters = alphabet(form);
    auto digits = text;
    for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
    std::string bytes;
    bytes.reserve(digits.size() * 3 / 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (char const digit : digits) {
        auto const value = letters.find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 255);
    }
    // One text for each sequence of bytes: padding and unused bits must be as we write them.
    if (base64(bytes, form) != text) return std::nullopt;
    return bytes;
}

}  // namespace updraft
