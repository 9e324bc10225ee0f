// An operator orders upgrades for several devices, or stops those of an order.
//
// Lives here: the use cases.
//
// Not here:   the rules of orders (upgrade/order.h), orders of apps (openota/order.h).
#pragma once

#include "access/actor.h"
#include "ports/store.h"
#include "upgrade/cancel.h"
#include "upgrade/order.h"
#include "usecases/means.h"

namespace updraft::usecases {

// Opens an upgrade for each device that can take one, and answers the reason for each other device.
// The order is stored with the operator's name.
// Errors as upgrade::order_by_operator(); Errc::forbidden for the way back of a model whose
// rollouts need an approval, unless the actor is an admin.
[[nodiscard]] Result<upgrade::OrderOutcome> order_devices(Tx& tx, Means const& means,
                                                          access::Actor const& actor,
                                                          upgrade::OperatorOrder const& wanted,
                                                          Instant now);

// Stops upgrades of an order, part by part (upgrade::cancel_order()). `before`: what the earlier
// parts stopped. The last part is recorded, with all that was stopped.
struct OrderToCancel {
    OrderId order_id;
    upgrade::Scope scope = upgrade::Scope::queued;
    UpgradeId after{0};
    upgrade::Stopped before{};
};
// Errc::not_found.
[[nodiscard]] Result<upgrade::StoppedInOrder> cancel_order(Tx& tx, Means const& means,
                                                           access::Actor const& actor,
                                                           OrderToCancel const& wanted,
                                                           Instant now);

}  // namespace updraft::usecases
