// The system's source of chance, fit for keys.
//
// Lives here: the adapter, on libsodium.
// Not here:   the port and the forms made of it (ports/minter.h).
#pragma once

#include "ports/minter.h"

namespace updraft::app {

class SystemMinter final : public Minter {
public:
    // Ends the process when the system has no randomness to give: nothing safe could follow.
    SystemMinter();
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace updraft::app
