// Random numbers from the system, suitable for keys.
//
// Lives here: the adapter, on libsodium.
//
// Not here:   the port, and the ids and tokens made of the numbers (ports/id_source.h).
#pragma once

#include "ports/id_source.h"

namespace updraft::app {

class SystemIdSource final : public IdSource {
public:
    // Ends the process when the system has no random numbers: keys would not be safe.
    SystemIdSource();
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace updraft::app
