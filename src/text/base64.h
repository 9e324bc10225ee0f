// Bytes as base64 text (RFC 4648), for headers, keys and cursors.
//
// Lives here: writing and reading, in the standard and in the URL-safe alphabet.
//
// Not here:   hexadecimal (text/hex.h), random tokens (ports/id_source.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::text {

enum class Base64 : std::uint8_t {
    usual,     // '+' and '/', padded with '='.
    url_safe,  // '-' and '_', not padded.
};

[[nodiscard]] std::string base64(std::string_view bytes, Base64 form = Base64::usual);

// The bytes; nothing unless `text` is exactly what base64() writes: without white space, unused
// bits zero, padded in the usual form and not padded in the URL-safe form.
[[nodiscard]] std::optional<std::string> read_base64(std::string_view text,
                                                     Base64 form = Base64::usual);

}  // namespace updraft::text
