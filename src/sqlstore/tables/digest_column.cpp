#include "sqlstore/tables/digest_column.h"

#include <array>

namespace updraft::sqlstore {
namespace {

constexpr std::uint8_t no_digit = 16;

// For each byte: the value of a lower-case hex digit, or no_digit.
constexpr auto digits = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::uint8_t i = 0; i < 10; ++i) values[std::size_t{'0'} + i] = i;
    for (std::uint8_t i = 10; i < 16; ++i) values[std::size_t{'a'} + i - 10] = i;
    return values;
}();

std::uint8_t digit_of(char character) { return digits[static_cast<unsigned char>(character)]; }

}  // namespace

Result<Sha256> read_digest(std::string_view hex) {
    Sha256 digest{};
    if (hex.size() != 2 * digest.size()) return fail(Errc::corrupt, "a stored digest is cut");
    unsigned all = 0;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        unsigned const high = digit_of(hex[2 * i]);
        unsigned const low = digit_of(hex[2 * i + 1]);
        all |= high | low;
        digest[i] = static_cast<std::uint8_t>(high << 4U | low);
    }
    if ((all & no_digit) != 0) return fail(Errc::corrupt, "a stored digest is not hexadecimal");
    return digest;
}

}  // namespace updraft::sqlstore
