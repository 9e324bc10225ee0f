// The lists of finished and of running upgrades that apps can read.
//
// Lives here: which upgrades the two lists contain, and their order.
//
// Not here:   how they are written (openota/history.h), how long they are kept (upgrade/expire.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/store.h"
#include "upgrade/upgrade.h"

namespace updraft::upgrade {

struct HistoryAsk {
    OpenId open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;
    std::optional<Instant> finished_from;    // Inclusive.
    std::optional<Instant> finished_before;  // Exclusive.
    std::int64_t skip = 0;
    std::int64_t count = 100;
};

struct HistoryEntry {
    Upgrade upgrade;
    std::string device_name;
    std::string update_log;
};

// Finished upgrades of this user, the last to end first. An upgrade belongs to the user who had the
// device when it was ordered, or who got it during the upgrade. Empty for an unknown order.
// Errc::not_bound for a did that is not the user's.
[[nodiscard]] Result<std::vector<HistoryEntry>> history(Tx const& tx, HistoryAsk const& ask);

struct RunningAsk {
    OpenId open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;  // If given, the order's finished upgrades are listed as well.
    UpgradeId after;                  // Only upgrades with a higher id, for reading in parts.
    std::int64_t limit = 500;
};
// Active upgrades of this user in order of id. Errc::not_bound for a did that is not the user's.
[[nodiscard]] Result<std::vector<Upgrade>> running(Tx const& tx, RunningAsk const& ask);

}  // namespace updraft::upgrade
