// Lists of upgrades. They may be long and are read in parts.
//
// Lives here: the lists that the domain uses: of a user, of an order, of all upgrades.
// Not here:   one upgrade (ports/upgrades_table.h), the SQL
//             (sqlstore/tables/upgrade_lists_rows.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upgrade/cause_word.h"
#include "upgrade/upgrade.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

struct UpgradeFilter {
    std::optional<Did> did = {};
    std::optional<ModelName> model = {};
    std::optional<upgrade::State> state = {};
    std::optional<OrderId> order_id = {};
    std::optional<upgrade::Cause> cause = {};
    std::optional<ReleaseId> release_id = {};
    std::optional<OpenId> open_id = {};
    std::optional<Instant> since = {};  // Created then or later,
    std::optional<Instant> until = {};  // and before that.
};

struct FinishedAsk {
    OpenId open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;
    UpgradeId first;  // Only upgrades with this id or a higher one.
    Instant from;     // Inclusive.
    Instant before;   // Exclusive.
    std::int64_t skip = 0;
    std::int64_t count = 100;
};

struct FinishedUpgrade {
    upgrade::Upgrade upgrade;
    std::string device_name;  // Empty when the device no longer belongs to that user.
    std::string update_log;
};

class UpgradeListsTable {
public:
    virtual ~UpgradeListsTable() = default;

    // A user's upgrades that have not ended, after `after` in order of id, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> running(
        OpenId const& open_id, UpgradeId after, std::int64_t limit) const = 0;
    // An order's upgrades with ids from `first` to `last`, in order of id, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> between(
        OrderId const& order_id, UpgradeId first, UpgradeId last, std::int64_t limit) const = 0;
    // The later steps of a multi-step order (not the first upgrade of each device), after `after`
    // in order of id, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<upgrade::Upgrade>> later_steps(
        OrderId const& order_id, UpgradeId after, std::int64_t limit) const = 0;
    // The upgrade that ended last is first.
    [[nodiscard]] virtual Result<std::vector<FinishedUpgrade>> finished(
        FinishedAsk const& ask) const = 0;
    // The order depends on the field of the filter whose index is used, which is the first of: did
    // or order_id: newest first. open_id: upgrades that have not ended, newest first, then the
    // others, the one that ended last first. A state that is not final: in order of did. cause, a
    // final state other than succeeded, release_id: newest first. model: by release, the newest
    // first, then newest first. Otherwise: newest first. since and until find their upgrades by the
    // ids; upgrades that were created with a clock that was wrong by more than an hour may be
    // missing.
    [[nodiscard]] virtual Result<Page<upgrade::Upgrade>> list(UpgradeFilter const& filter,
                                                              PageAsk const& ask) const = 0;
};

}  // namespace updraft
