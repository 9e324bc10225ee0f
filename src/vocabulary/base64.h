// Bytes as text for headers, keys and cursors.
//
// Lives here: base 64 in its usual and its URL-safe alphabet (RFC 4648).
// Not here:   digests (vocabulary/digest.h), random tokens (ports/id_source.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft {

enum class Base64 : std::uint8_t {
    usual,     // '+' and '/', padded with '='.
    url_safe,  // '-' and '_', not padded.
};

[[nodiscard]] std::string base64(std::string_view bytes, Base64 form = Base64::usual);

// Nothing unless `text` is exactly what base64() writes: no white space, no stray bits, the usual
// form padded and the URL-safe one not.
[[nodiscard]] std::optional<std::string> read_base64(std::string_view text,
                                                     Base64 form = Base64::usual);

}  // namespace updraft
