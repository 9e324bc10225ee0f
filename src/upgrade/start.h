// Upgrades that start by themselves: the user's policy wants what is offered installed.
//
// Lives here: whether one starts for a device that asks for work, and opening it.
//
// Not here:   policies (policy/effective.h), what holds such a start back (upgrade/admission.h),
//             the device's request (channel/next_work.h).
#pragma once

#include "fleet/device.h"
#include "ports/store.h"
#include "upgrade/means.h"
#include "vocabulary/result.h"

namespace updraft::upgrade {

// True when an upgrade of `device`, which has no active one and asks for work now, starts by itself
// now. Reads nothing but the catalog while nothing is offered to it.
[[nodiscard]] Result<bool> would_start_by_itself(Tx const& tx, Means const& means,
                                                 fleet::Device const& device, Instant now);

// Opens the upgrade, with an order of its own, if it still starts by itself now; at most
// Limits::starts_per_minute in a minute. Answers whether it was opened.
Result<bool> start_by_itself(Tx& tx, Means const& means, Did const& did, Instant now);

}  // namespace updraft::upgrade
