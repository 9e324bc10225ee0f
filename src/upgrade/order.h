// Orders of upgrades, by an app for one device or by an operator for several devices.
//
// Lives here: which devices may be ordered for, which release is used, and what a second order
//             answers.
//
// Not here:   all devices of a user (upgrade/order_all.h), the calls (openota/order.h,
//             admin/upgrades.h), handing out (upgrade/hand_out.h).
#pragma once

#include <string>
#include <vector>

#include "fleet/device.h"
#include "ports/store.h"
#include "upgrade/means.h"
#include "upgrade/upgrade.h"

namespace updraft::upgrade {

struct OrderOne {
    Did did;
    StepMode step_mode = StepMode::next_step;
};

// Orders the offer for one device of the user, and answers the order. While the device has an
// active upgrade, nothing is opened, and the order of that upgrade is answered. Errc::not_bound,
// Errc::not_upgradable, Errc::nothing_to_upgrade.
[[nodiscard]] Result<OrderId> order_one(Tx& tx, Means const& means, Orderer const& who,
                                        OrderOne const& wanted, Instant now);

struct OperatorOrder {
    std::vector<Did> dids;                     // At most 1,000, which the edge checks.
    std::optional<ReleaseId> release;          // Absent: the offer for each device.
    StepMode step_mode = StepMode::next_step;  // Must be next_step when a release is given.
    // The way back, which needs a release: it is also installed when it is older than what the
    // device runs, the same, or kept from it by anything but a hold. Afterwards the device is
    // offered only what is released after this order (Device::offers_after).
    bool allow_older = false;
    bool forced = false;  // The upgrades do not keep to the users' upgrade hours.
    std::string by = {};  // The operator's name.
};
struct Refusal {
    Did did;
    Errc code;
    std::string detail;
};
struct OrderOutcome {
    OrderId order_id;
    std::int64_t started = 0;
    std::vector<Refusal> refused;
};
// Orders upgrades for the devices; a device that cannot be upgraded is listed in `refused`. A given
// release is refused where something but a later release keeps it from the device
// (firmware/eligibility.h). Errc::invalid when the given release is not released, and with
// allow_older when a device is of another model.
[[nodiscard]] Result<OrderOutcome> order_by_operator(Tx& tx, Means const& means,
                                                     OperatorOrder const& wanted, Instant now);

// Call after the device was bound. If its active upgrade has no user, because an operator ordered
// it before, it gets the device's user: that user's apps see it and are notified about it.
[[nodiscard]] Result<void> adopt(Tx& tx, fleet::Device const& device);

}  // namespace updraft::upgrade
