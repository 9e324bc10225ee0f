// Which addresses posts may connect to: public ones, and the networks that the operator allowed.
//
// Lives here: the tables of special networks and of cloud services, the IPv6 forms that contain an
//             IPv4 address, and the check.
//
// Not here:   networks as such (text/network.h), resolving names and connecting
//             (webpost/curl_http_client.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "text/network.h"
#include "vocabulary/result.h"

namespace updraft::webpost {

using text::Address;

struct Network : text::Network {
    std::optional<std::uint16_t> port;  // Absent: every port.
};

// Reads "10.0.0.0/8", "127.0.0.1/32:9000", "fd00::/8" or "[fd00::1]:9000". An address without a
// prefix length means only itself. Errc::invalid, with the reason.
[[nodiscard]] Result<Network> read_network(std::string_view text);

// True for an address on the public internet, except those of services that clouds offer to their
// own machines (metadata and the like). An IPv6 address that contains an IPv4 address in its
// mapped, NAT64 or 6to4 form is public when that IPv4 address is; a Teredo address never is.
[[nodiscard]] bool is_public(Address const& address);

// True when the address is public, or in an allowed network whose port, if it has one, is `port`.
[[nodiscard]] bool may_connect(Address const& address, std::uint16_t port,
                               std::vector<Network> const& allowed);

}  // namespace updraft::webpost
