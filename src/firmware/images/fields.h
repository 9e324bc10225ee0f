// Numbers and texts at fixed offsets of a header.
//
// Lives here: both byte orders, and texts padded with NULs.
//
// Not here:   which header has which fields (firmware/images/readers.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace updraft::firmware::images {

// The caller must check that the bytes exist: there is no range check. This holds for all below.
[[nodiscard]] constexpr std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}
[[nodiscard]] constexpr std::uint16_t le16(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U);
}
[[nodiscard]] constexpr std::uint32_t le32(std::string_view bytes, std::size_t at) {
    return le16(bytes, at) | std::uint32_t{le16(bytes, at + 2)} << 16U;
}
[[nodiscard]] constexpr std::uint16_t be16(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}
[[nodiscard]] constexpr std::uint32_t be32(std::string_view bytes, std::size_t at) {
    return std::uint32_t{be16(bytes, at)} << 16U | be16(bytes, at + 2);
}

// The next offset that is a multiple of four, or `at` itself.
[[nodiscard]] constexpr std::int64_t aligned_to_4(std::int64_t at) { return (at + 3) / 4 * 4; }

// The text in `count` bytes, up to the first NUL or the end.
[[nodiscard]] constexpr std::string_view padded(std::string_view bytes, std::size_t at,
                                                std::size_t count) {
    auto const field = bytes.substr(at, count);
    return field.substr(0, field.find('\0'));
}

// Such as "0x0000BEEF": upper-case, exactly `digits` digits; higher ones are dropped.
[[nodiscard]] std::string as_hex(std::uint64_t number, std::size_t digits);

}  // namespace updraft::firmware::images
