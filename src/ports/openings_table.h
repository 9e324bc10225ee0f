// Rows of large orders whose upgrades are being created: each transaction creates those of a part
// of the user's devices.
//
// Lives here: the progress of each such order.
// Not here:   the size of a part, and continuing an order (upgrade/order_all.h), the upgrades
//             (ports/upgrades_table.h), the SQL (sqlstore/tables/openings_rows.cpp).
#pragma once

#include <optional>

#include "upgrade/upgrade.h"
#include "vocabulary/result.h"

namespace updraft {

struct Opening {
    OrderId order_id;
    OpenId open_id;
    std::optional<AppId> appid;
    upgrade::StepMode step_mode = upgrade::StepMode::next_step;
    Did after;  // Devices up to this did are processed.
    Instant created_at;
    Instant moved_at;

    bool operator==(Opening const&) const = default;
};

class OpeningsTable {
public:
    virtual ~OpeningsTable() = default;

    [[nodiscard]] virtual Result<std::optional<Opening>> find(OrderId const& order_id) const = 0;
    // A user has at most one.
    [[nodiscard]] virtual Result<std::optional<Opening>> of_user(OpenId const& open_id) const = 0;
    // The one without progress for the longest time, if its last progress was at `moved_before` or
    // earlier.
    [[nodiscard]] virtual Result<std::optional<Opening>> stalled(Instant moved_before) const = 0;

    // Errc::conflict when the user has one.
    virtual Result<void> begin(Opening const& opening) = 0;
    virtual Result<void> advance(OrderId const& order_id, Did const& after, Instant now) = 0;
    virtual Result<void> end(OrderId const& order_id) = 0;
};

}  // namespace updraft
