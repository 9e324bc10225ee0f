// The system's source of chance, fit for keys.
//
// Lives here: the adapter, on libsodium.
// Not here:   the port and the forms made of it (ports/id_source.h).
#pragma once

#include "ports/id_source.h"

namespace updraft::app {

class SystemIdSource final : public IdSource {
public:
    // Ends the process when the system has no randomness to give: nothing safe could follow.
    SystemIdSource();
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace updraft::app
