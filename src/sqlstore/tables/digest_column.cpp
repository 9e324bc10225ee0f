#include "sqlstore/tables/digest_column.h"

namespace updraft::sqlstore {
namespace {

// The value of a lower-case hex digit; 16 for any other character.
constexpr unsigned digit_of(char character) {
    if (character >= '0' && character <= '9') return static_cast<unsigned>(character - '0');
    if (character >= 'a' && character <= 'f') return static_cast<unsigned>(character - 'a' + 10);
    return 16;
}

}  // namespace

Result<Sha256> read_digest(std::string_view hex) {
    Sha256 digest{};
    if (hex.size() != 2 * digest.size()) return fail(Errc::corrupt, "a stored digest is cut");
    unsigned all = 0;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        auto const high = digit_of(hex[2 * i]);
        auto const low = digit_of(hex[2 * i + 1]);
        all |= high | low;
        digest[i] = static_cast<std::uint8_t>((high << 4 | low) & 0xFF);
    }
    if ((all & 16) != 0) return fail(Errc::corrupt, "a stored digest is not hexadecimal");
    return digest;
}

}  // namespace updraft::sqlstore
