// What time does to upgrades: silence ends them, and old ones are forgotten.
//
// Lives here: timeouts worked off in batches, and the sweep of the history.
// Not here:   when these run (app/rhythm), which due time a state has (record.h).
#pragma once

#include <cstdint>
#include <optional>

#include "ports/upgrades_table.h"
#include "upgrade/order.h"

namespace updraft::upgrade {

// Ends, or gives more time to, at most `limit` upgrades whose due time has come, and answers how
// many; fewer than `limit`: nothing is due any more.
[[nodiscard]] Result<std::int64_t> expire_due(Tx& tx, Means const& means, Instant now,
                                              std::int64_t limit);

// When the next one is due; nothing while none is active.
[[nodiscard]] Result<std::optional<Instant>> next_due(Tx const& tx);

// Looks at `limit` upgrades from the one after `after` (begin with none) and forgets those that
// ended longer ago than the history is kept. Swept::next says where to go on.
[[nodiscard]] Result<Swept> sweep_history(Tx& tx, Limits const& limits, UpgradeId after,
                                          std::int64_t limit, Instant now);

}  // namespace updraft::upgrade
