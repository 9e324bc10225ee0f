#include "firmware/images/fields.h"

#include <span>

#include "text/hex.h"

namespace updraft::firmware::images {

std::string as_hex(std::uint64_t number, std::size_t digits) {
    std::string text(2 + digits, '0');
    text[1] = 'x';
    text::put_hex(number, std::span(text).subspan(2), text::upper_hex_digits);
    return text;
}

}  // namespace updraft::firmware::images
