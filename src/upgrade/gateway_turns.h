// The order of upgrades of a gateway and its sub-devices, which are never upgraded at the same
// time.
//
// Lives here: the rule of turns (docs/device-ddi.md).
//
// Not here:   which device belongs to which gateway (fleet/gateway.h), the other conditions for a
//             start (upgrade/admission.h).
#pragma once

#include <cstdint>
#include <vector>

#include "fleet/device.h"
#include "upgrade/admission.h"

namespace updraft::upgrade {

// A queued upgrade of a device that is not silent.
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

// Holds an upgrade back with Reason::gateway_turn while it must wait. `means` must outlive it.
class GatewayTurns final : public Admission {
public:
    explicit GatewayTurns(Means const& means) : means_(means) {}

    [[nodiscard]] Result<std::optional<Reason>> held_back(Tx const& tx, fleet::Device const& device,
                                                          Upgrade const& upgrade,
                                                          Instant now) const override;

private:
    Means const& means_;
};

}  // namespace updraft::upgrade
