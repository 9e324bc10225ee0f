// Ordering an upgrade: an app, or an operator, wants devices to take what is on offer.
//
// Lives here: who may order, which release is meant, what a second order means.
// Not here:   all of a user's devices at once (upgrade/order_all.h), how the order arrived
//             (openota, admin), what the device is told (upgrade/hand_out.h).
#pragma once

#include <vector>

#include "fleet/device.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "push/outbox.h"
#include "upgrade/presence.h"
#include "upgrade/upgrade.h"

namespace updraft::upgrade {

// What every verb that changes an upgrade works with. References outlive the server's threads.
struct Means {
    Limits const& limits;
    IdSource& id_source;
    push::Outbox const& outbox;
    Presence const* presence = nullptr;        // Null: the store alone knows who was heard of.
    Millis polling = std::chrono::minutes{5};  // Of models that do not say their own.
};

struct OrderOne {
    Did did;
    StepMode step_mode = StepMode::next_step;
};

// One device of the user. While its upgrade is active: the order it belongs to. Errc::not_bound,
// Errc::not_upgradable, Errc::nothing_to_upgrade.
[[nodiscard]] Result<OrderId> order_one(Tx& tx, Means const& means, Orderer const& who,
                                        OrderOne const& wanted, Instant now);

struct OperatorOrder {
    std::vector<Did> dids;                     // At most 1,000; checked at the edge.
    std::optional<ReleaseId> release;          // Absent: each device's own offer.
    StepMode step_mode = StepMode::next_step;  // With a release it is that one and no further.
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
// Never a release that is older than what the device runs, or that it is not eligible for.
[[nodiscard]] Result<OrderOutcome> order_by_operator(Tx& tx, Means const& means,
                                                     OperatorOrder const& wanted, Instant now);

// The device has a user now: an upgrade that an operator ordered while it was nobody's, and that is
// still under way, becomes that user's to see and to be told of.
[[nodiscard]] Result<void> adopt(Tx& tx, fleet::Device const& device);

}  // namespace updraft::upgrade
