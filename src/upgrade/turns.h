// Whose turn it is: a gateway and what hangs on it are never upgraded at the same time.
//
// Lives here: the rule of turns (contract: gateways), and whether a queued upgrade may start now.
// Not here:   who belongs to which gateway (fleet/gateway.h), handing it out (hand_out.h).
#pragma once

#include <cstdint>
#include <vector>

#include "fleet/device.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

// An upgrade that waits in `queued`, of a device that is awake.
struct Waiting {
    UpgradeId id;
    Instant created_at;
    bool of_the_gateway = false;
};

// A gateway, what hangs on it, and what of that is being upgraded.
struct Family {
    bool gateway_runs = false;
    std::int64_t running = 0;      // Sub-devices being upgraded.
    std::vector<Waiting> waiting;  // In any order.
};

// Turns go by age; in one order the gateway is the oldest. Whoever is younger never overtakes: a
// gateway that waits for its sub-devices to finish keeps later ones waiting too.
[[nodiscard]] bool is_its_turn(Family family, UpgradeId id, std::int64_t concurrent_max);

// The interval that devices of that model poll at.
[[nodiscard]] Result<Millis> polling_of(Tx const& tx, Means const& means, ModelName const& model);

// Whether `upgrade`, queued, of `device`, which is here right now, may start: its release stands
// and it is its turn.
[[nodiscard]] Result<bool> may_start(Tx const& tx, Means const& means, fleet::Device const& device,
                                     Upgrade const& upgrade, Instant now);

}  // namespace updraft::upgrade
