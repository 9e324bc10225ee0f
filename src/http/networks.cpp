#include "http/networks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace updraft::http {

bool Networks::read(std::string_view text, Bytes& into, bool& v4) {
    std::string const address(text);
    in_addr four{};
    v4 = inet_pton(AF_INET, address.c_str(), &four) == 1;
    if (v4) {
        into = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
        std::memcpy(into.data() + 12, &four, 4);
        return true;
    }
    return inet_pton(AF_INET6, address.c_str(), into.data()) == 1;
}

Result<void> Networks::add(std::string_view network) {
    auto const slash = network.find('/');
    Network made{};
    bool v4 = false;
    auto const bad = [&] {
        return fail(Errc::invalid, "\"" + std::string(network) + "\" is not a network");
    };
    if (!read(network.substr(0, slash), made.address, v4)) return bad();
    made.prefix_bits = 128;
    if (slash != std::string_view::npos) {
        auto const digits = network.substr(slash + 1);
        int bits = -1;
        auto const* const end = digits.data() + digits.size();
        auto const [stopped, trouble] = std::from_chars(digits.data(), end, bits);
        if (trouble != std::errc{} || stopped != end || bits < 0 || bits > (v4 ? 32 : 128)) {
            return bad();
        }
        made.prefix_bits = v4 ? bits + 96 : bits;
    }
    networks_.push_back(made);
    return {};
}

bool Networks::contain(std::string_view address) const {
    Bytes wanted{};
    bool v4 = false;
    if (networks_.empty() || !read(address, wanted, v4)) return false;
    return std::any_of(networks_.begin(), networks_.end(), [&](Network const& network) {
        auto const whole = static_cast<std::size_t>(network.prefix_bits / 8);
        if (!std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(whole),
                        network.address.begin())) {
            return false;
        }
        auto const rest = network.prefix_bits % 8;
        if (rest == 0) return true;
        auto const mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
        return (wanted.at(whole) & mask) == (network.address.at(whole) & mask);
    });
}

}  // namespace updraft::http
