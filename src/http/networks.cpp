#include "http/networks.h"

#include <algorithm>
#include <string>

namespace updraft::http {

Result<void> Networks::add(std::string_view network) {
    auto const read = text::read_network(network);
    if (!read) return fail(Errc::invalid, "\"" + std::string(network) + "\" is not a network");
    networks_.push_back(*read);
    return {};
}

bool Networks::contain(std::string_view address) const {
    if (networks_.empty()) return false;
    auto const read = text::Address::read(address);
    return read && std::ranges::any_of(networks_, [&](text::Network const& network) {
               return network.contains(*read);
           });
}

}  // namespace updraft::http
