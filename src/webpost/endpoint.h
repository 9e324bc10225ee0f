// Reads the address and port of a socket address.
//
// Lives here: reading IPv4 and IPv6 socket addresses.
//
// Not here:   addresses as such (text/network.h).
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "text/network.h"

namespace updraft::webpost {

// Nothing when the address is neither IPv4 nor IPv6. `size` is in bytes.
[[nodiscard]] std::optional<std::pair<text::Address, std::uint16_t>> endpoint_of(
    sockaddr const& generic, socklen_t size);

}  // namespace updraft::webpost
