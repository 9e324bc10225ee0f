// Creates upgrades of one device: the first of an order, and the next step after a success.
//
// Lives here: the values of a new upgrade, and the next step of an order for all steps.
//
// Not here:   who may order (upgrade/order.h), which release is offered (firmware/offer.h).
#pragma once

#include "firmware/release.h"
#include "fleet/device.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

// A new queued upgrade to `release`. It is not stored yet and has no id.
[[nodiscard]] Upgrade queued(fleet::Device const& device, firmware::Release const& release,
                             OrderId const& order_id, Limits const& limits, Instant now);

// Call after `done` has succeeded, with `device` running its version. If the order is for all
// steps, opens an upgrade to the release that is offered now, within the same order. No effect when
// nothing is offered, when the order was cancelled, when the device's user or model has changed, or
// when the app of the order may not order for the user any more.
[[nodiscard]] Result<void> go_on(Tx& tx, Means const& means, Upgrade const& done,
                                 fleet::Device const& device, Instant now);

}  // namespace updraft::upgrade
