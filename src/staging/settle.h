// Outcomes of places that time brings: silence, settling, retries, and places that go back.
//
// Lives here: one batch of the sweep over the places of a rollout.
//
// Not here:   the rules (rollout/outcome.h), outcomes by changes of upgrades (staging/outcomes.h),
//             how often it runs (staging/steps.h).
#pragma once

#include <cstdint>

#include "ports/store.h"
#include "rollout/outcome.h"
#include "rollout/rollout.h"
#include "upgrade/means.h"
#include "upgrade/upgrade.h"

namespace updraft::staging {

// What is known of an upgrade; its device has just been heard of, if it ended by a report.
[[nodiscard]] Result<rollout::Signs> signs_of(Tx const& tx, upgrade::Upgrade const& upgrade);

// As rollout::when_looked_at(); a place that waits for a retry is looked at when that is due.
[[nodiscard]] rollout::Place looked_at(rollout::Place place, rollout::Plan const& plan,
                                       rollout::Tempo const& tempo, rollout::Signs const& signs,
                                       Instant now);

// A rollout whose places are looked at.
struct Sweep {
    rollout::Rollout const& rollout;
    rollout::Rhythm rhythm;
    rollout::Tempo tempo;
};
struct Settled {
    std::int64_t looked_at = 0;  // Fewer than `limit`: no more are due.
    std::int64_t given_back = 0;
};
// Looks at places whose time has come, and at silent ones that may have spoken, at most `limit` of
// each.
[[nodiscard]] Result<Settled> settle(Tx& tx, upgrade::Means const& means, Sweep const& sweep,
                                     std::int64_t limit, Instant now);

// True when settle() has something to do.
[[nodiscard]] Result<bool> would_settle(Tx const& tx, upgrade::Means const& means,
                                        RolloutId rollout, Instant now);

}  // namespace updraft::staging
