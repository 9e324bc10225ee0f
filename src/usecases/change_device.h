// Changes some values of a device.
//
// Lives here: the use case.
//
// Not here:   the changed device as a value (fleet/enroll.h), the consequences
//             (usecases/device_consequences.h).
#pragma once

#include "access/actor.h"
#include "fleet/enroll.h"
#include "ports/store.h"
#include "usecases/means.h"

namespace updraft::usecases {

// The consequences are those of enroll_devices(). Answers the device after the change.
// Errc::not_found, Errc::invalid for a gateway that is not allowed.
[[nodiscard]] Result<fleet::Device> change_device(Tx& tx, Means const& means,
                                                  access::Actor const& actor,
                                                  fleet::DeviceChange const& wanted, Instant now);

}  // namespace updraft::usecases
