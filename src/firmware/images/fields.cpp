#include "firmware/images/fields.h"

namespace updraft::firmware::images {

std::string as_hex(std::uint64_t number, std::size_t digits) {
    constexpr std::string_view letters = "0123456789ABCDEF";
    std::string text(2 + digits, '0');
    text[1] = 'x';
    for (auto at = text.size(); at > 2; number >>= 4U) text[--at] = letters[number & 0xFU];
    return text;
}

}  // namespace updraft::firmware::images
