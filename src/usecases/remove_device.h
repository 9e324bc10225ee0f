// Removes a device.
//
// Lives here: the use case.
//
// Not here:   its rows (ports/devices_table.h).
#pragma once

#include "access/actor.h"
#include "ports/store.h"
#include "usecases/means.h"

namespace updraft::usecases {

// Its active upgrade ends with cause `unbound`, and its user's apps are notified. The records of
// which offers apps were notified about are removed, because a later device may have the same did.
// Sub-devices stay, and keep its did as their gateway. Errc::not_found.
[[nodiscard]] Result<void> remove_device(Tx& tx, Means const& means, access::Actor const& actor,
                                         Did const& did, Instant now);

}  // namespace updraft::usecases
