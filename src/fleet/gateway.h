// Gateways and their sub-devices.
//
// Lives here: which device belongs to which gateway, and when a device counts as silent.
//
// Not here:   the order of their upgrades (upgrade/gateway_turns.h), checking a gateway's token
//             (access/device_credential.h).
#pragma once

#include "fleet/device.h"

namespace updraft::fleet {

// A device is silent when it did not poll for this number of its polling intervals.
inline constexpr int silent_after_intervals = 3;

// The did of the group of devices that take turns: that of the gateway, or the device's own.
[[nodiscard]] inline Did const& family_of(Device const& device) {
    return device.gateway_did ? *device.gateway_did : device.did;
}

// True when `gateway` may act for `device`: for itself and for its sub-devices.
[[nodiscard]] inline bool speaks_for(Did const& gateway, Device const& device) {
    return device.did == gateway || device.gateway_did == gateway;
}

}  // namespace updraft::fleet
