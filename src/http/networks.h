// Whether a peer's address lies in one of some networks.
//
// Lives here: reading "10.0.0.0/8" and asking. IPv4-mapped IPv6 peers count as IPv4.
// Not here:   where pushes may go (webpost/public_address.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::http {

class Networks {
public:
    // "10.0.0.0/8", "::1", "192.0.2.1". Errc::invalid when it is none.
    [[nodiscard]] Result<void> add(std::string_view network);
    [[nodiscard]] bool contain(std::string_view address) const;

private:
    // Everything as IPv6; IPv4 is mapped.
    using Bytes = std::array<std::uint8_t, 16>;
    struct Network {
        Bytes address;
        int prefix_bits;
    };
    static bool read(std::string_view text, Bytes& into, bool& v4);

    std::vector<Network> networks_;
};

}  // namespace updraft::http
