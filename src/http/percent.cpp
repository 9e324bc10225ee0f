#include "http/percent.h"

namespace updraft::http {
namespace {

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

}  // namespace

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

}  // namespace updraft::http
