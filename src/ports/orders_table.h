// Rows of orders.
//
// Lives here: the interface to orders, and to the devices that a new order may contain.
// Not here:   the upgrades of an order (ports/upgrade_lists_table.h), large orders that are being
//             opened (ports/openings_table.h), the SQL (sqlstore/tables/orders_rows.cpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "upgrade/upgrade.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// An order and the id range of its first-step upgrades. The range of a large order, whose upgrades
// are created in parts, also contains ids of other orders.
struct OrderRow {
    OrderId order_id;
    std::optional<AppId> appid;
    std::optional<OpenId> open_id;
    Instant created_at;
    UpgradeId first;
    UpgradeId last;
    bool cancelled = false;  // As a whole: it opens no further steps.
    upgrade::Origin origin = upgrade::Origin::user;
    std::optional<std::string> by = {};         // The operator; absent for other orders.
    std::optional<ReleaseId> release_id = {};   // Absent: what is offered to each device.
    std::optional<std::int64_t> upgrades = {};  // First-step upgrades; absent: not known.
};

// How far the upgrades of an order are, counted in parts.
struct OrderTally {
    std::map<upgrade::State, std::int64_t> states;
    std::map<std::string, std::int64_t> causes;  // By word, without details.
    std::int64_t looked = 0;                     // Rows that were looked at.
    std::optional<UpgradeId> next;               // Where the next part starts; absent: it is done.

    // Adds what the next part counted, and goes on after it.
    void add(OrderTally const& part) {
        for (auto const& [state, count] : part.states) states[state] += count;
        for (auto const& [cause, count] : part.causes) causes[cause] += count;
        looked += part.looked;
        next = part.next;
    }
};

// What the offer for a device depends on.
struct ModelAndVersion {
    ModelName model;
    Version version;
    std::optional<ReleaseId> offers_after = {};

    bool operator==(ModelAndVersion const&) const = default;
};

// Some of a user's devices, in order of did.
struct DevicesAhead {
    struct Kind {
        ModelAndVersion what;
        std::int64_t idle = 0;  // Devices without an active upgrade.

        bool operator==(Kind const&) const = default;
    };
    std::vector<Kind> kinds;
    std::int64_t count = 0;
    Did last;  // Meaningless when the count is 0.
};

class OrdersTable {
public:
    virtual ~OrdersTable() = default;

    [[nodiscard]] virtual Result<std::optional<OrderRow>> find(OrderId const& order_id) const = 0;
    // The order of the user's newest upgrade that has not ended.
    [[nodiscard]] virtual Result<std::optional<OrderId>> newest_running(
        OpenId const& open_id) const = 0;
    // The kinds (model and version) of the user's next devices after `after`, at most `limit`
    // devices. Kinds are in order of model and version; a kind without an idle device is left out.
    [[nodiscard]] virtual Result<DevicesAhead> ahead(OpenId const& open_id, Did const& after,
                                                     std::int64_t limit) const = 0;

    // The orders that somebody gave, newest first: without those that start by themselves.
    [[nodiscard]] virtual Result<Page<OrderRow>> list(PageAsk const& ask) const = 0;
    // Counts the order's upgrades after the id `after`, looking at most at `limit` rows.
    [[nodiscard]] virtual Result<OrderTally> tally(OrderRow const& order, UpgradeId after,
                                                   std::int64_t limit) const = 0;

    // Inserts the order, or updates `last` of an existing one and adds to its `upgrades`.
    virtual Result<void> put(OrderRow const& order) = 0;
    // Sets OrderRow::cancelled.
    virtual Result<void> cancel(OrderId const& order_id) = 0;
};

}  // namespace updraft
