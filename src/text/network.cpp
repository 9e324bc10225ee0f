#include "text/network.h"

#include <arpa/inet.h>

#include <algorithm>

#include "text/whole_number.h"

namespace updraft::text {

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
    static Address const mapped = v4(0);
    if (!begins_with(mapped, 96)) return std::nullopt;
    std::uint32_t host_order = 0;
    for (std::size_t i = 12; i < 16; ++i) host_order = host_order << 8 | bytes[i];
    return host_order;
}

Address Address::of_client() const {
    if (v4()) return *this;
    auto client = *this;
    std::fill(client.bytes.begin() + 8, client.bytes.end(), std::uint8_t{0});
    return client;
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

bool Address::begins_with(Address const& prefix, unsigned bits) const {
    for (unsigned i = 0; i < bits; i += 8) {
        auto const left = std::min(bits - i, 8U);
        auto const mask = static_cast<std::uint8_t>(0xFFU << (8 - left));
        if ((bytes[i / 8] & mask) != (prefix.bytes[i / 8] & mask)) return false;
    }
    return true;
}

std::optional<Network> read_network(std::string_view address,
                                    std::optional<std::string_view> bits) {
    auto const read = Address::read(address);
    if (!read) return std::nullopt;
    Network network{.address = *read};
    if (!bits) return network;
    unsigned const widest = address.find(':') == std::string_view::npos ? 32 : 128;
    auto const counted = read_digits<unsigned>(*bits);
    if (!counted || *counted > widest) return std::nullopt;
    network.bits = 128 - widest + *counted;
    return network;
}

std::optional<Network> read_network(std::string_view text) {
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) return read_network(text, std::nullopt);
    return read_network(text.substr(0, slash), text.substr(slash + 1));
}

}  // namespace updraft::text
