// Cancels upgrades: by a user, an operator, a withdrawn release, or a change of the device.
//
// Lives here: what is cancelled in these cases, and with which cause.
//
// Not here:   the device's answer (upgrade/feedback.h), timeouts (upgrade/expire.h).
#pragma once

#include "upgrade/order.h"

namespace updraft::upgrade {

enum class Force : std::uint8_t { ask_the_device, end_at_once };

// Cancels the active upgrade of one of the user's devices: a queued one ends immediately; otherwise
// the device is asked to stop. Answers its order. Errc::not_bound, Errc::nothing_to_upgrade when no
// upgrade is active.
[[nodiscard]] Result<OrderId> cancel_own(Tx& tx, Means const& means, Orderer const& who,
                                         Did const& did, Instant now);
// With Force::ask_the_device as cancel_own(), with Force::end_at_once the upgrade ends immediately.
// Errc::not_found, Errc::conflict when it has ended.
[[nodiscard]] Result<Upgrade> cancel_by_operator(Tx& tx, Means const& means, UpgradeId id,
                                                 Force force, Instant now);
// Makes the queued upgrades of a withdrawn release due, and ends some of them as cancelled with
// cause `withdrawn`; expire_due() ends the others.
[[nodiscard]] Result<void> cancel_withdrawn(Tx& tx, Means const& means, ReleaseId release,
                                            Instant now);
// For a device that is unbound, bound to another user, or removed: its active upgrade ends as
// cancelled with cause `unbound`, and the old user's apps are notified. Call before the device's
// row changes. Answers whether there was an active upgrade.
[[nodiscard]] Result<bool> cancel_unbound(Tx& tx, Means const& means, Did const& did, Instant now);
// The same for a device that gets another model, with cause `cancelled`.
[[nodiscard]] Result<bool> cancel_misfit(Tx& tx, Means const& means, Did const& did, Instant now);

}  // namespace updraft::upgrade
