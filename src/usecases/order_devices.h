// An operator orders upgrades for several devices.
//
// Lives here: the use case.
//
// Not here:   the rules of orders (upgrade/order.h), orders of apps (openota/order.h).
#pragma once

#include "access/actor.h"
#include "ports/store.h"
#include "upgrade/order.h"
#include "usecases/means.h"

namespace updraft::usecases {

// Opens an upgrade for each device that can take one, and answers the reason for each other device.
// The order is stored with the operator's name.
// Errors as upgrade::order_by_operator().
[[nodiscard]] Result<upgrade::OrderOutcome> order_devices(Tx& tx, Means const& means,
                                                          access::Actor const& actor,
                                                          upgrade::OperatorOrder const& wanted,
                                                          Instant now);

}  // namespace updraft::usecases
