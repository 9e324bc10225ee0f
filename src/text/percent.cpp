#include "text/percent.h"

#include <algorithm>
#include <array>

#include "text/hex.h"

namespace updraft::text {
namespace {

// For each byte: true when it stands for itself in a URL (RFC 3986, 2.3).
constexpr auto unreserved = [] {
    std::array<bool, 256> free{};
    for (unsigned char const byte : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                     "abcdefghijklmnopqrstuvwxyz"
                                                     "0123456789-._~")) {
        free[byte] = true;
    }
    return free;
}();

}  // namespace

std::string percent_encoded(std::string_view text, Slash slash) {
    auto const stays = [slash](char c) {
        return unreserved[static_cast<unsigned char>(c)] || (c == '/' && slash == Slash::stays);
    };
    std::string encoded;
    encoded.reserve(text.size());
    while (!text.empty()) {
        auto const next = std::ranges::find_if_not(text, stays);
        auto const plain = static_cast<std::size_t>(next - text.begin());
        encoded.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;
        auto const byte = static_cast<unsigned char>(text.front());
        encoded += '%';
        encoded += upper_hex_digits[byte >> 4U];
        encoded += upper_hex_digits[byte & 15U];
        text.remove_prefix(1);
    }
    return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    while (true) {
        auto const plain = std::min(text.find('%'), text.size());
        decoded.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) return decoded;
        if (text.size() < 3) return std::nullopt;
        auto const high = hex_value(text[1]);
        auto const low = hex_value(text[2]);
        auto const character = high * 16 + low;
        if (high < 0 || low < 0 || character == 0) return std::nullopt;
        decoded += static_cast<char>(character);
        text.remove_prefix(3);
    }
}

}  // namespace updraft::text
