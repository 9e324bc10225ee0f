// Cancels upgrades: by a user, an operator, a withdrawn release, or a change of the device.
//
// Lives here: what is cancelled in these cases, and with which cause.
//
// Not here:   the device's answer (upgrade/feedback.h), timeouts (upgrade/expire.h).
#pragma once

#include <cstdint>
#include <optional>

#include "ports/upgrades_table.h"
#include "upgrade/order.h"
#include "vocabulary/enum_words.h"

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
// cause `withdrawn`; expire_due() ends the others. Answers their number.
Result<std::int64_t> cancel_withdrawn(Tx& tx, Means const& means, ReleaseId release, Instant now);
// Which upgrades of an order or of a release are stopped: those that were not fetched; also those
// whose device has not begun to install, which are asked to stop; or all.
enum class Scope : std::uint8_t { queued, not_started, all };

// The names of scopes in the admin API, in the order of Scope.
inline constexpr EnumWords<3> scope_words{"queued", "not_started", "all"};

struct Stopped {
    std::int64_t ended = 0;  // Upgrades that have ended, or end within moments.
    std::int64_t asked = 0;  // Upgrades whose device is asked to stop.

    void add(Stopped const& more) {
        ended += more.ended;
        asked += more.asked;
    }
};

// A part of an order's upgrades, for one transaction.
struct StoppedInOrder {
    Stopped stopped;
    std::optional<UpgradeId> next;  // The `after` of the next call; absent after the last part.
};
// Stops upgrades of the order with ids after `after`, which is 0 in the first call. The order opens
// no further upgrades. Errc::not_found.
[[nodiscard]] Result<StoppedInOrder> cancel_order(Tx& tx, Means const& means, OrderId const& order,
                                                  Scope scope, UpgradeId after, Instant now);

// A part of the upgrades to a release that devices have fetched, for one transaction.
struct StoppedOfRelease {
    Stopped stopped;
    std::optional<RunningCursor> next;  // The `after` of the next call.
};
// Asks devices to stop. `scope` is not Scope::queued.
[[nodiscard]] Result<StoppedOfRelease> stop_release(Tx& tx, Means const& means, ReleaseId release,
                                                    Scope scope, RunningCursor const& after,
                                                    Instant now);

// For a device that is unbound, bound to another user, or removed: its active upgrade ends as
// cancelled with cause `unbound`, and the old user's apps are notified. Call before the device's
// row changes. Answers whether there was an active upgrade.
[[nodiscard]] Result<bool> cancel_unbound(Tx& tx, Means const& means, Did const& did, Instant now);
// The same for a device that gets another model, with cause `cancelled`.
[[nodiscard]] Result<bool> cancel_misfit(Tx& tx, Means const& means, Did const& did, Instant now);

}  // namespace updraft::upgrade
