// IP addresses and networks: "192.0.2.1", "10.0.0.0/8", "fd00::/8".
//
// Lives here: reading and writing them, and whether an address is in a network.
//
// Not here:   which networks are trusted (http/networks.h) or may be reached
//             (webpost/public_address.h).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::text {

// An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d.
struct Address {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(Address const&) const = default;
    [[nodiscard]] static Address v4(std::uint32_t host_order);
    // "192.0.2.1", "2001:db8::1"; nothing for anything else.
    [[nodiscard]] static std::optional<Address> read(std::string_view text);
    // The IPv4 address in host order; nothing for an IPv6 address.
    [[nodiscard]] std::optional<std::uint32_t> v4() const;
    [[nodiscard]] std::string written() const;
    // What one client has: the address itself, or of an IPv6 address its first 64 bits and zeros,
    // because a network gives 64 bits to each client.
    [[nodiscard]] Address of_client() const;
    // True when the first `bits` bits (at most 128) of both are equal.
    [[nodiscard]] bool begins_with(Address const& prefix, unsigned bits) const;
};

struct Network {
    Address address;
    unsigned bits = 128;  // Prefix length, of 128 bits; an IPv4 /8 is 104.

    [[nodiscard]] bool contains(Address const& candidate) const {
        return candidate.begins_with(address, bits);
    }
};

// `bits` is the prefix length in decimal digits: at most 32 for an address without colons, at most
// 128 for others. Absent: the network contains only the address. Nothing when either is malformed.
[[nodiscard]] std::optional<Network> read_network(std::string_view address,
                                                  std::optional<std::string_view> bits);

// "10.0.0.0/8" or "192.0.2.1"; nothing for anything else.
[[nodiscard]] std::optional<Network> read_network(std::string_view text);

}  // namespace updraft::text
