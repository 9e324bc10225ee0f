#include "webpost/public_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace updraft::webpost {
namespace {

struct V4Block {
    std::uint32_t address;
    unsigned bits;
};

constexpr std::uint32_t quad(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry (RFC 6890 and its successors), multicast and what is reserved.
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

bool is_public_v4(std::uint32_t address) {
    return std::ranges::none_of(v4_special, [&](V4Block const& block) {
        return address >> (32 - block.bits) == block.address >> (32 - block.bits);
    });
}

struct V6Block {
    std::array<std::uint8_t, 16> bytes;
    unsigned bits;
};

// Inside 2000::/3, the only part of IPv6 that is the public internet, what is not.
constexpr auto v6_special = std::to_array<V6Block>({
    {{0x20, 0x01, 0x00}, 23},                    // protocol assignments: Teredo, ORCHID, …
    {{0x20, 0x01, 0x0d, 0xb8}, 32},              // documentation
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48},  // AS112
    {{0x3f, 0xff, 0x00}, 20},                    // documentation
});

bool begins_with(std::array<std::uint8_t, 16> const& bytes,
                 std::array<std::uint8_t, 16> const& prefix, unsigned bits) {
    for (unsigned i = 0; i < bits; i += 8) {
        auto const left = std::min(bits - i, 8U);
        auto const mask = static_cast<std::uint8_t>(0xFFU << (8 - left));
        if ((bytes[i / 8] & mask) != (prefix[i / 8] & mask)) return false;
    }
    return true;
}

std::uint32_t v4_at(std::array<std::uint8_t, 16> const& bytes, std::size_t at) {
    return quad(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

std::optional<unsigned> whole(std::string_view text, unsigned max) {
    unsigned value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

Address Address::v4(std::uint32_t host_order) {
    Address address;
    address.bytes[10] = address.bytes[11] = 0xFF;
    for (std::size_t i = 0; i < 4; ++i) {
        address.bytes[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    }
    return address;
}

std::optional<Address> Address::read(std::string_view text) {
    std::string const copy(text);
    in_addr four{};
    if (inet_pton(AF_INET, copy.c_str(), &four) == 1) return v4(ntohl(four.s_addr));
    Address address;
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

std::optional<std::uint32_t> Address::v4() const {
    static constexpr std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (!begins_with(bytes, mapped, 96)) return std::nullopt;
    return v4_at(bytes, 12);
}

std::string Address::written() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (v4()) {
        inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
    } else {
        inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    }
    return text.data();
}

bool Network::contains(Address const& candidate) const {
    return begins_with(candidate.bytes, address.bytes, bits);
}

Result<Network> read_network(std::string_view text) {
    auto const wrong = [&](std::string_view why) {
        return fail(Errc::invalid, "\"" + std::string(text) + "\" " + std::string(why));
    };
    Network network;
    auto rest = text;
    // A port stands after the last colon: behind a length, a bracket, or an IPv4 address.
    auto const colon = rest.rfind(':');
    auto const slash = rest.find('/');
    bool const bracketed = rest.starts_with('[');
    bool const one_colon = colon != std::string_view::npos && rest.find(':') == colon;
    bool const behind =
        slash != std::string_view::npos && colon != std::string_view::npos && colon > slash;
    bool const behind_bracket =
        bracketed && colon != std::string_view::npos && colon > rest.find(']');
    if (behind || behind_bracket || (one_colon && !bracketed)) {
        auto const port = whole(rest.substr(colon + 1), 65535);
        if (!port || *port == 0) return wrong("has a malformed port");
        network.port = static_cast<std::uint16_t>(*port);
        rest = rest.substr(0, colon);
    }
    std::optional<std::string_view> length;
    if (auto const at = rest.find('/'); at != std::string_view::npos) {
        length = rest.substr(at + 1);
        rest = rest.substr(0, at);
    }
    if (bracketed) {
        if (!rest.ends_with(']')) return wrong("has a malformed address");
        rest = rest.substr(1, rest.size() - 2);
    }
    auto const address = Address::read(rest);
    if (!address) return wrong("is not an address or a network");
    network.address = *address;
    unsigned const widest = address->v4() && rest.find(':') == std::string_view::npos ? 32 : 128;
    if (length) {
        auto const bits = whole(*length, widest);
        if (!bits) return wrong("has a malformed prefix length");
        network.bits = 128 - widest + *bits;
    }
    return network;
}

bool is_public(Address const& address) {
    static constexpr std::array<std::uint8_t, 16> nat64{0x00, 0x64, 0xFF, 0x9B};
    static constexpr std::array<std::uint8_t, 16> six_to_four{0x20, 0x02};
    static constexpr std::array<std::uint8_t, 16> global{0x20};
    if (auto const four = address.v4()) return is_public_v4(*four);
    if (begins_with(address.bytes, nat64, 96)) return is_public_v4(v4_at(address.bytes, 12));
    if (begins_with(address.bytes, six_to_four, 16)) return is_public_v4(v4_at(address.bytes, 2));
    if (!begins_with(address.bytes, global, 3)) return false;
    return std::ranges::none_of(v6_special, [&](V6Block const& block) {
        return begins_with(address.bytes, block.bytes, block.bits);
    });
}

bool may_connect(Address const& address, std::uint16_t port, std::vector<Network> const& allowed) {
    if (is_public(address)) return true;
    return std::ranges::any_of(allowed, [&](Network const& network) {
        return network.contains(address) && (!network.port || *network.port == port);
    });
}

}  // namespace updraft::webpost
