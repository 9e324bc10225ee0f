// Checks and splits single texts of a request head: hosts, lengths, request ids, targets. Pure.
//
// Lives here: one function for each kind of text.
//
// Not here:   reading the head, and which texts are refused (http/framing.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace updraft::http {

// True when the text is not empty, has only characters of a host and a port (RFC 9110, 7.2), and
// has no port, an empty one, or one from 1 to 65535.
[[nodiscard]] bool is_host(std::string_view text);

// A host and its port, as texts.
struct Authority {
    std::string_view host;  // With the brackets of an IPv6 address, if it has them.
    std::string_view port;  // Empty when there is none.
};
// Splits "host:port" and "[2001:db8::1]:port". In a text with several colons and no brackets, which
// is an IPv6 address, no colon begins a port.
[[nodiscard]] Authority split_authority(std::string_view text);

// True for the decimal digits of a port, 1 to 65535, without leading zeros.
[[nodiscard]] bool is_port(std::string_view text);

// True for a Content-Encoding that changes nothing: "identity", or no encoding.
[[nodiscard]] bool is_identity(std::string_view encoding);

// True for 1 to request_id_bytes_max characters of [A-Za-z0-9._-] (G4).
[[nodiscard]] bool is_request_id(std::string_view text);

// The number in a Content-Length: 1 to 18 digits; nothing for any other text.
[[nodiscard]] std::optional<std::uint64_t> read_length(std::string_view text);

// "/path?query" of "http://host/path?query"; the target itself when it has no scheme.
[[nodiscard]] std::string_view without_authority(std::string_view target);

// "host" of "http://host/path"; nothing for other targets.
[[nodiscard]] std::optional<std::string_view> authority_of(std::string_view target);

}  // namespace updraft::http
