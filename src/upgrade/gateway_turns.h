// The order of upgrades of a gateway and its sub-devices, which are never upgraded at the same
// time. Pure.
//
// Lives here: the rule of turns (docs/device-ddi.md).
//
// Not here:   which device belongs to which gateway (fleet/gateway.h), gathering a family and its
//             members that give way (upgrade/facts.h), the other conditions for a start
//             (upgrade/admission.h).
#pragma once

#include <cstdint>
#include <vector>

#include "ports/store.h"
#include "upgrade/means.h"
#include "upgrade/upgrade.h"

namespace updraft::upgrade {

// A queued upgrade of a device that is not silent, which nothing but turns holds back.
struct Waiting {
    UpgradeId id;
    Instant created_at;
    bool of_the_gateway = false;
};

// The active upgrades of a gateway and its sub-devices.
struct Family {
    bool gateway_runs = false;
    std::int64_t running = 0;      // Sub-devices that are being upgraded.
    std::vector<Waiting> waiting;  // In any order.
};

// True when the upgrade `id` may start. Upgrades start in order of age; of those created at the
// same time the gateway's is first. A younger one never starts before an older one: while the
// gateway waits for running sub-devices, younger upgrades wait as well. At most `concurrent_max`
// sub-devices are upgraded at the same time.
[[nodiscard]] bool is_its_turn(Family family, UpgradeId id, std::int64_t concurrent_max);

// The interval at which devices of that model poll.
[[nodiscard]] Result<Millis> polling_of(Tx const& tx, Means const& means, ModelName const& model);

}  // namespace updraft::upgrade
