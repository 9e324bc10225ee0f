// Who was heard of lately: signs of life that the store does not hold yet.
//
// Lives here: what the domain asks of whoever listens to devices.
// Not here:   collecting signs and writing them down (ddi/signs_of_life.h).
#pragma once

#include <optional>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::upgrade {

// Safe to call from any thread, also within a transaction.
class Presence {
public:
    virtual ~Presence() = default;
    [[nodiscard]] virtual std::optional<Instant> last_sign(Did const& did) const = 0;
};

// The later of what the store says and what `presence`, if there is one, knows.
[[nodiscard]] inline std::optional<Instant> last_sign(Presence const* presence, Did const& did,
                                                      std::optional<Instant> stored) {
    if (presence == nullptr) return stored;
    auto const fresh = presence->last_sign(did);
    return fresh > stored ? fresh : stored;
}

}  // namespace updraft::upgrade
