// Asks a device for its attributes again.
//
// Lives here: the use case.
//
// Not here:   receiving the attributes (upgrade/self_description.h).
#pragma once

#include "access/actor.h"
#include "fleet/device.h"
#include "ports/store.h"

namespace updraft::usecases {

// From the commit on, the device is asked for its attributes until it sends them. Answers the
// device. Errc::not_found.
[[nodiscard]] Result<fleet::Device> refresh_device(Tx& tx, access::Actor const& actor,
                                                   Did const& did, Instant now);

}  // namespace updraft::usecases
