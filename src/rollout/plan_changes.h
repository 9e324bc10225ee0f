// What may change in a rollout that has left its draft. Pure.
//
// Lives here: smaller limits, longer soaks, more excluded devices, and nothing else.
//
// Not here:   reading a change (rollout/read_plan.h, rollout/read_audience.h).
#pragma once

#include "rollout/rollout.h"
#include "vocabulary/result.h"

namespace updraft::rollout {

// Errc::conflict, naming the first member that may not change so.
[[nodiscard]] Result<void> may_change_while_running(Plan const& before, Plan const& after);
[[nodiscard]] Result<void> may_change_while_running(Audience const& before, Audience const& after);

}  // namespace updraft::rollout
