// Which addresses our posts may be connected to: public ones, and networks that the operator named.
//
// Lives here: the table of special networks, IPv6 forms that hide an IPv4 address, and the check.
// Not here:   resolving names and connecting (webpost/curl_http_client.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::webpost {

// An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d.
struct Address {
    std::array<std::uint8_t, 16> bytes{};

    bool operator==(Address const&) const = default;
    [[nodiscard]] static Address v4(std::uint32_t host_order);
    // "192.0.2.1", "2001:db8::1"; nothing for anything else.
    [[nodiscard]] static std::optional<Address> read(std::string_view text);
    // The IPv4 address, when it is one.
    [[nodiscard]] std::optional<std::uint32_t> v4() const;
    [[nodiscard]] std::string written() const;
};

struct Network {
    Address address;
    unsigned bits = 128;                // Of the 128; an IPv4 /8 is 104.
    std::optional<std::uint16_t> port;  // Absent: every port.

    [[nodiscard]] bool contains(Address const& candidate) const;
};

// "10.0.0.0/8", "127.0.0.1/32:9000", "fd00::/8", "[fd00::1]:9000"; an address without a length is
// itself alone. Errc::invalid says what is wrong.
[[nodiscard]] Result<Network> read_network(std::string_view text);

// True for an address on the public internet. An IPv6 address that carries an IPv4 address (mapped,
// NAT64, 6to4, Teredo) is as public as what it carries, or not public at all.
[[nodiscard]] bool is_public(Address const& address);

// Public, or in an allowed network and, where that names one, at its port.
[[nodiscard]] bool may_connect(Address const& address, std::uint16_t port,
                               std::vector<Network> const& allowed);

}  // namespace updraft::webpost
