// Timeouts of upgrades, and removal of old ones from the history.
//
// Lives here: ending due upgrades in batches, and the sweep of the history.
//
// Not here:   when these run (app/periodic/periodic_work.h), the due time of each state (record.h).
#pragma once

#include <cstdint>
#include <optional>

#include "ports/upgrades_table.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

struct Expired {
    std::int64_t looked_at = 0;  // Fewer than `limit` means that no more are due.
    std::int64_t ended = 0;      // The others were postponed.
};

// Ends or postpones at most `limit` upgrades that are due.
[[nodiscard]] Result<Expired> expire_due(Tx& tx, Means const& means, Instant now,
                                         std::int64_t limit);

// The earliest due time; nothing when no upgrade is active.
[[nodiscard]] Result<std::optional<Instant>> next_due(Tx const& tx);

// Checks `limit` upgrades after the id `after` (0: from the first one) and removes those that ended
// more than Limits::history_retention ago. Swept::next is the `after` of the next call.
[[nodiscard]] Result<Swept> sweep_history(Tx& tx, Limits const& limits, UpgradeId after,
                                          std::int64_t limit, Instant now);

}  // namespace updraft::upgrade
