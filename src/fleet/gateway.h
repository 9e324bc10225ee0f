// Gateways and what hangs on them.
//
// Lives here: who belongs to which gateway, and how long one may be silent.
// Not here:   whose turn it is (upgrade/hand_out.h), a gateway's token
// (access/device_credential.h).
#pragma once

#include "fleet/device.h"

namespace updraft::fleet {

// A device is silent once this many of its polling intervals passed without a poll.
inline constexpr int silent_after_intervals = 3;

// The did that this device shares turns under: its gateway's, or its own.
[[nodiscard]] inline Did const& family_of(Device const& device) {
    return device.gateway_did ? *device.gateway_did : device.did;
}

// True when `gateway` may speak for `device`: itself, and what hangs on it directly.
[[nodiscard]] inline bool speaks_for(Did const& gateway, Device const& device) {
    return device.did == gateway || device.gateway_did == gateway;
}

}  // namespace updraft::fleet
