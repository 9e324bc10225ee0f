#include "text/percent.h"

#include "text/hex.h"

namespace updraft::text {
namespace {

constexpr bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encoded(std::string_view text, Slash slash) {
    std::string encoded;
    encoded.reserve(text.size());
    for (char const c : text) {
        if (is_unreserved(c) || (c == '/' && slash == Slash::stays)) {
            encoded += c;
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += upper_hex_digits[byte >> 4U];
        encoded += upper_hex_digits[byte & 15U];
    }
    return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        auto const high = hex_value(text[i + 1]);
        auto const low = hex_value(text[i + 2]);
        auto const character = high * 16 + low;
        if (high < 0 || low < 0 || character == 0) return std::nullopt;
        decoded += static_cast<char>(character);
        i += 2;
    }
    return decoded;
}

}  // namespace updraft::text
