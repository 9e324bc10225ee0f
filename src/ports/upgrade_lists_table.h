// Lists of upgrades, which may be long and are read in parts.
//
// Lives here: the lists that the domain asks for: of a user, of an order, of everything.
// Not here:   one upgrade (ports/upgrades_table.h), the SQL
//             (sqlstore/tables/upgrade_lists_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upgrade/upgrade.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

struct UpgradeFilter {
    std::optional<Did> did;
    std::optional<ModelName> model;
    std::optional<upgrade::State> state;
    std::optional<OrderId> order_id;
};

struct FinishedAsk {
    OpenId open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;
    UpgradeId first;  // None of those wanted has a lower id.
    Instant from;     // Inclusive.
    Instant before;   // Exclusive.
    std::int64_t skip = 0;
    std::int64_t count = 100;
};

struct FinishedUpgrade {
    upgrade::Upgrade upgrade;
    std::string device_name;  // Empty when the device is no longer that user's.
    std::string update_log;
};

class UpgradeListsTable {
public:
    virtual ~UpgradeListsTable() = default;

    // A user's upgrades that have not ended, in order of id, after that one.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> running(
        OpenId const& open_id, UpgradeId after, std::int64_t limit) const = 0;
    // An order's upgrades in a range of ids, in order of id.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> between(
        OrderId const& order_id, UpgradeId first, UpgradeId last, std::int64_t limit) const = 0;
    // The upgrades that followed the first one of each device in a multi-step order, in order of
    // id, after that one.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> later_steps(
        OrderId const& order_id, UpgradeId after, std::int64_t limit) const = 0;
    // Newest end first.
    [[nodiscard]] virtual Result<std::vector<FinishedUpgrade>> finished(
        FinishedAsk const& ask) const = 0;
    // Newest first. A page may hold fewer than the limit, even none, and still name a next one: for
    // each page a limited number of rows is read.
    [[nodiscard]] virtual Result<Page<upgrade::Upgrade>> list(UpgradeFilter const& filter,
                                                              PageAsk const& ask) const = 0;
};

}  // namespace updraft
