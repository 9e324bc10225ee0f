// A set of networks, for recognising trusted proxies.
//
// Lives here: whether a peer's address is in one of the networks.
//
// Not here:   reading a network (text/network.h), where pushes may be sent
//             (webpost/public_address.h).
#pragma once

#include <string_view>
#include <vector>

#include "text/network.h"
#include "vocabulary/result.h"

namespace updraft::http {

// An IPv4-mapped IPv6 peer counts as IPv4.
class Networks {
public:
    // Adds a network: "10.0.0.0/8", "::1", "192.0.2.1". Errc::invalid for other texts.
    [[nodiscard]] Result<void> add(std::string_view network);
    [[nodiscard]] bool contain(std::string_view address) const;

private:
    std::vector<text::Network> networks_;
};

}  // namespace updraft::http
