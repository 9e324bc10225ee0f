// Ending an upgrade because somebody no longer wants it.
//
// Lives here: cancelling by its user or an operator, a withdrawn release, a device that changes
// hands. Not here:   what the device answers (upgrade/feedback.h), silence (upgrade/expire.h).
#pragma once

#include "upgrade/order.h"

namespace updraft::upgrade {

enum class Force : std::uint8_t { ask_the_device, end_at_once };

// The active upgrade of one of the user's devices: at once while queued, else by asking the device.
// Errc::not_bound, Errc::nothing_to_upgrade when none is active.
[[nodiscard]] Result<OrderId> cancel_own(Tx& tx, Means const& means, Orderer const& who,
                                         Did const& did, Instant now);
// Errc::not_found, Errc::conflict when it has ended.
[[nodiscard]] Result<Upgrade> cancel_by_operator(Tx& tx, Means const& means, UpgradeId id,
                                                 Force force, Instant now);
// Queued upgrades of a withdrawn release end as cancelled, cause `withdrawn`.
[[nodiscard]] Result<void> cancel_withdrawn(Tx& tx, Means const& means, ReleaseId release,
                                            Instant now);
// The device was unbound, rebound or removed: its active upgrade ends as cancelled, cause
// `unbound`, and the old user's apps are told. Call before the device's row changes.
[[nodiscard]] Result<void> cancel_unbound(Tx& tx, Means const& means, Did const& did, Instant now);
// The device became one of another model: what it was to install is not for it. As above, with
// cause `cancelled`.
[[nodiscard]] Result<void> cancel_misfit(Tx& tx, Means const& means, Did const& did, Instant now);

}  // namespace updraft::upgrade
