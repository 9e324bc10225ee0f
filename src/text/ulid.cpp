#include "text/ulid.h"

#include <string_view>

namespace updraft::text {
namespace {

constexpr std::string_view crockford_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace

std::string ulid_time(std::uint64_t ms) {
    std::string text;
    text.reserve(ulid_characters);
    for (int shift = 45; shift >= 0; shift -= 5) text += crockford_digits[ms >> shift & 31U];
    return text;
}

std::string ulid(std::uint64_t ms, std::array<std::uint8_t, 16> const& random) {
    auto text = ulid_time(ms);
    for (auto const byte : random) text += crockford_digits[byte & 31U];
    return text;
}

}  // namespace updraft::text
