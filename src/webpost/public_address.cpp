#include "webpost/public_address.h"

#include <algorithm>
#include <array>

#include "text/whole_number.h"

namespace updraft::webpost {
namespace {

struct V4Block {
    std::uint32_t address;
    unsigned bits;
};

constexpr std::uint32_t quad(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry (iana.org/assignments/iana-ipv4-special-registry, RFC 6890 and
// its successors), multicast and reserved addresses.
constexpr auto v4_special = std::to_array<V4Block>({
    {quad(0, 0, 0, 0), 8},        // "this" network
    {quad(10, 0, 0, 0), 8},       // private
    {quad(100, 64, 0, 0), 10},    // carrier-grade NAT
    {quad(127, 0, 0, 0), 8},      // loopback
    {quad(169, 254, 0, 0), 16},   // link-local, cloud metadata
    {quad(172, 16, 0, 0), 12},    // private
    {quad(192, 0, 0, 0), 24},     // protocol assignments
    {quad(192, 0, 2, 0), 24},     // documentation
    {quad(192, 31, 196, 0), 24},  // AS112
    {quad(192, 52, 193, 0), 24},  // AMT
    {quad(192, 88, 99, 0), 24},   // 6to4 relays
    {quad(192, 168, 0, 0), 16},   // private
    {quad(192, 175, 48, 0), 24},  // AS112
    {quad(198, 18, 0, 0), 15},    // benchmarking
    {quad(198, 51, 100, 0), 24},  // documentation
    {quad(203, 0, 113, 0), 24},   // documentation
    {quad(224, 0, 0, 0), 4},      // multicast
    {quad(240, 0, 0, 0), 4},      // reserved, broadcast
});

// Services of clouds that only their own machines reach, at addresses that no registry calls
// special. Other such services are in blocks of the table above or of the IPv6 rules:
// 169.254.169.254 (AWS, Google, Azure, Oracle, OpenStack and others), 169.254.170.2 and .23 (AWS
// containers), 100.100.100.200 (Alibaba), 192.0.0.192 (Oracle), fd00:ec2::254 (AWS), fd20:ce::254
// (Google), fd00:42::42 (Scaleway).
constexpr auto v4_cloud = std::to_array<V4Block>({
    // Azure: agent, DNS, health. learn.microsoft.com/azure/virtual-network/
    // what-is-ip-address-168-63-129-16
    {quad(168, 63, 129, 16), 32},
    // IBM Cloud: infrastructure and service endpoints of VPCs.
    // cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc
    {quad(161, 26, 0, 0), 16},
    {quad(166, 8, 0, 0), 14},
});

bool is_public_v4(std::uint32_t address) {
    auto const contains = [&](V4Block const& block) {
        return address >> (32 - block.bits) == block.address >> (32 - block.bits);
    };
    return std::ranges::none_of(v4_special, contains) && std::ranges::none_of(v4_cloud, contains);
}

// The parts of 2000::/3 that are not public, by iana.org/assignments/iana-ipv6-special-registry.
// Addresses outside 2000::/3 are never public, unless they contain an IPv4 address that is.
constexpr auto v6_special = std::to_array<text::Network>({
    {{{0x20, 0x01, 0x00}}, 23},                    // protocol assignments: Teredo, ORCHID, …
    {{{0x20, 0x01, 0x0d, 0xb8}}, 32},              // documentation
    {{{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}}, 48},  // AS112
    {{{0x3f, 0xff, 0x00}}, 20},                    // documentation
});

std::uint32_t v4_at(std::array<std::uint8_t, 16> const& bytes, std::size_t at) {
    return quad(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

}  // namespace

Result<Network> read_network(std::string_view text) {
    auto const wrong = [&](std::string_view why) {
        return fail(Errc::invalid, "\"" + std::string(text) + "\" " + std::string(why));
    };
    std::optional<std::uint16_t> port;
    auto rest = text;
    // A port follows the last colon, after a prefix length, a bracket, or an IPv4 address.
    auto const colon = rest.rfind(':');
    auto const slash = rest.find('/');
    bool const bracketed = rest.starts_with('[');
    bool const one_colon = colon != std::string_view::npos && rest.find(':') == colon;
    bool const behind =
        slash != std::string_view::npos && colon != std::string_view::npos && colon > slash;
    bool const behind_bracket =
        bracketed && colon != std::string_view::npos && colon > rest.find(']');
    if (behind || behind_bracket || (one_colon && !bracketed)) {
        port = text::read_digits<std::uint16_t>(rest.substr(colon + 1));
        if (port.value_or(0) == 0) return wrong("has a malformed port");
        rest = rest.substr(0, colon);
    }
    std::optional<std::string_view> bits;
    if (slash != std::string_view::npos) {
        bits = rest.substr(slash + 1);
        rest = rest.substr(0, slash);
    }
    if (bracketed) {
        if (!rest.ends_with(']')) return wrong("has a malformed address");
        rest = rest.substr(1, rest.size() - 2);
    }
    auto const network = text::read_network(rest, bits);
    if (!network) return wrong("is not an address or a network");
    return Network{*network, port};
}

bool is_public(Address const& address) {
    static constexpr Address nat64{{0x00, 0x64, 0xFF, 0x9B}};
    static constexpr Address six_to_four{{0x20, 0x02}};
    static constexpr Address global{{0x20}};
    if (auto const four = address.v4()) return is_public_v4(*four);
    if (address.begins_with(nat64, 96)) return is_public_v4(v4_at(address.bytes, 12));
    if (address.begins_with(six_to_four, 16)) return is_public_v4(v4_at(address.bytes, 2));
    if (!address.begins_with(global, 3)) return false;
    return std::ranges::none_of(
        v6_special, [&](text::Network const& special) { return special.contains(address); });
}

bool may_connect(Address const& address, std::uint16_t port, std::vector<Network> const& allowed) {
    if (is_public(address)) return true;
    return std::ranges::any_of(allowed, [&](Network const& network) {
        return network.contains(address) && (!network.port || *network.port == port);
    });
}

}  // namespace updraft::webpost
