#include "text/hex.h"

namespace updraft::text {

std::string hex(std::string_view bytes) {
    std::string text(bytes.size() * 2, '0');
    auto at = text.begin();
    for (char const byte : bytes) {
        auto const value = static_cast<unsigned char>(byte);
        *at++ = hex_digits[value >> 4U];
        *at++ = hex_digits[value & 15U];
    }
    return text;
}

}  // namespace updraft::text
