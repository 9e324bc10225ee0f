// Looking back, and at what runs now.
//
// Lives here: the two lists that an app can ask for.
// Not here:   how they are written (openota/history), how long they are kept (upgrade/expire.h).
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

// Finished upgrades that ran while the device was this user's, newest end first.
// Errc::not_bound for a did that is not the user's; an unknown order has none.
[[nodiscard]] Result<std::vector<HistoryEntry>> history(Tx const& tx, HistoryAsk const& ask);

struct RunningAsk {
    OpenId open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;  // Then finished ones of that order as well.
    UpgradeId after;                  // From the one after this id, for long lists.
    std::int64_t limit = 500;
};
// In order of id. Errc::not_bound for a did that is not the user's.
[[nodiscard]] Result<std::vector<Upgrade>> running(Tx const& tx, RunningAsk const& ask);

}  // namespace updraft::upgrade
