// Last-seen times of devices that are not in the store yet.
//
// Lives here: the interface with which the domain reads them.
//
// Not here:   collecting them and writing them to the store (channel/presence.h).
#pragma once

#include <optional>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::upgrade {

// Safe to call from any thread, also within a transaction.
class Presence {
public:
    virtual ~Presence() = default;
    // The device's last-seen time; nothing when the store has the latest one.
    [[nodiscard]] virtual std::optional<Instant> last_sign(Did const& did) const = 0;
};

// The later one of `stored` and the time in `presence`, which may be null.
[[nodiscard]] inline std::optional<Instant> last_sign(Presence const* presence, Did const& did,
                                                      std::optional<Instant> stored) {
    if (presence == nullptr) return stored;
    auto const fresh = presence->last_sign(did);
    return fresh > stored ? fresh : stored;
}

}  // namespace updraft::upgrade
