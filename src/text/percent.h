// Percent-encoding in paths, queries and header fields (RFC 3986).
//
// Lives here: encoding everything but unreserved characters, and decoding.
//
// Not here:   where segments begin and end (http/router.h), forms (openota/form.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::text {

enum class Slash : std::uint8_t { stays, is_encoded };

// Writes every byte except A-Z a-z 0-9 - . _ ~ as %XX with upper-case digits; `slash` decides about
// "/".
[[nodiscard]] std::string percent_encoded(std::string_view text, Slash slash = Slash::is_encoded);

// The decoded text; nothing when an escape is incomplete or malformed ("%4", "%zz") or is "%00".
// '+' is not changed.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace updraft::text
