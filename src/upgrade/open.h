// Opening an upgrade of one device: an order's first, and the next one of an order that goes on.
//
// Lives here: what a new upgrade begins with, and going on after a success.
// Not here:   who may order (upgrade/order.h), which release comes next (firmware/offer.h).
#pragma once

#include "firmware/release.h"
#include "fleet/device.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

[[nodiscard]] Upgrade queued(fleet::Device const& device, firmware::Release const& release,
                             OrderId const& order_id, Limits const& limits, Instant now);

// `done` has succeeded just now, and `device` runs its version: when its order goes all the way,
// what is on offer from there is opened within the same order. Nothing on offer ends the way.
[[nodiscard]] Result<void> go_on(Tx& tx, Means const& means, Upgrade const& done,
                                 fleet::Device const& device, Instant now);

}  // namespace updraft::upgrade
