// Orders upgrades for all devices of a user, a part of the devices in each transaction. Other
// writes can run between the parts. If the process ends in between, a row remains with which any
// instance can continue.
//
// Lives here: the size of a part, and continuing an order.
//
// Not here:   orders for named devices (upgrade/order.h), calling for the next part
// (openota/order.h,
//             app/periodic/tasks.h).
#pragma once

#include <chrono>
#include <optional>

#include "ports/openings_table.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

// Devices in one transaction; they take some ten milliseconds of the writer's time.
inline constexpr std::int64_t part_devices_max = 1'000;
// An order without progress for this long counts as abandoned.
inline constexpr Millis opening_abandoned_after = std::chrono::seconds{10};

struct OrderPart {
    enum class Then : std::uint8_t {
        complete,
        more,     // Call order_more().
        nothing,  // There was no offer, and no upgrade of the user is active.
        refused,  // The app may not order for the user any more; the rest is not opened.
        again,    // It was an order of another app, which may not order any more. Call order_all().
    };
    OrderId order_id;  // Meaningless when `then` is nothing.
    Then then = Then::complete;
    Error refusal{};  // When `then` is refused. The transaction must be committed all the same.
};

// The first part of an order for all devices of the user that have an offer and no active upgrade.
// If an earlier order of the user is not complete, continues that one instead. When nothing was
// opened, but upgrades of the user are running, answers the newest running order. An earlier order
// of an app that may not order any more is ended.
[[nodiscard]] Result<OrderPart> order_all(Tx& tx, Means const& means, Orderer const& who,
                                          StepMode step_mode, Instant now);
// The next part. Several callers may call it at the same time. Refused when the app was removed or
// disabled (Errc::app_unknown), may not upgrade (Errc::app_forbidden) or has no grant of the user
// (Errc::token_invalid); the order then ends with the upgrades that it has.
[[nodiscard]] Result<OrderPart> order_more(Tx& tx, Means const& means, Orderer const& who,
                                           OrderId const& order_id, Instant now);

// An abandoned order, to be continued with order_more(); nothing when there is none.
[[nodiscard]] Result<std::optional<Opening>> abandoned(Tx const& tx, Instant now);

}  // namespace updraft::upgrade
