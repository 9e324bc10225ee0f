// An operator cancels an upgrade.
//
// Lives here: the use case.
//
// Not here:   the rules of cancelling (upgrade/cancel.h), cancelling by an app (openota/order.h).
#pragma once

#include "access/actor.h"
#include "ports/store.h"
#include "upgrade/cancel.h"
#include "usecases/means.h"

namespace updraft::usecases {

struct UpgradeToCancel {
    UpgradeId id;
    upgrade::Force force = upgrade::Force::ask_the_device;
};

// Answers the upgrade after the change. Errc::not_found; Errc::conflict when it has ended.
[[nodiscard]] Result<upgrade::Upgrade> cancel_upgrade(Tx& tx, Means const& means,
                                                      access::Actor const& actor,
                                                      UpgradeToCancel const& wanted, Instant now);

}  // namespace updraft::usecases
