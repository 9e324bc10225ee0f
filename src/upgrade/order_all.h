// Ordering everything that a user has, a part of the devices in each transaction.
//
// Lives here: how large a part is, and going on where an order of many devices stopped.
// Not here:   orders of named devices (upgrade/order.h), who asks for the parts (openota/order,
//             app/steps).
//
// While a large order is opened other writes get their turns, and a process that dies leaves a row
// by which any other one goes on.
#pragma once

#include <chrono>
#include <optional>

#include "ports/openings_table.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

// Devices in one transaction: some ten milliseconds of the writer's time.
inline constexpr std::int64_t part_devices_max = 1'000;
// An order that has stood still for so long was given up by whoever opened it.
inline constexpr Millis opening_abandoned_after = std::chrono::seconds{10};

struct OrderPart {
    enum class Then : std::uint8_t {
        complete,
        more,     // order_more() is to be called.
        nothing,  // There was nothing to upgrade, and nothing is being upgraded.
    };
    OrderId order_id;  // Meaningless when there is nothing.
    Then then = Then::complete;
};

// Every device of the user that has an offer and no active upgrade, in one order; goes on with that
// of an earlier call which is not complete. When nothing new was started but some are running: the
// newest running order.
[[nodiscard]] Result<OrderPart> order_all(Tx& tx, Means const& means, Orderer const& who,
                                          StepMode step_mode, Instant now);
// The next part. Errors as of order_all(). From several callers at once it does no harm.
[[nodiscard]] Result<OrderPart> order_more(Tx& tx, Means const& means, Orderer const& who,
                                           OrderId const& order_id, Instant now);

// An order that was given up, for somebody to go on with. Nothing when there is none.
[[nodiscard]] Result<std::optional<Opening>> abandoned(Tx const& tx, Instant now);

}  // namespace updraft::upgrade
