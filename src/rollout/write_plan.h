// Writes the plan of a rollout as JSON.
//
// Lives here: the complete plan, as clients see it and as the store keeps it.
//
// Not here:   reading (rollout/read_plan.h).
#pragma once

#include <string>

#include "json/writer.h"
#include "rollout/plan.h"
#include "rollout/read_plan.h"

namespace updraft::rollout {

// Writes an object with all members of the plan. Without a window: `null`.
void write_plan(json::Writer& out, Plan const& plan);

// The same as a text, but without waves that were not given, which are chosen at the start.
[[nodiscard]] std::string stored_plan(Plan const& plan);
// {"mode","plan"}, the plan as in stored_plan().
[[nodiscard]] std::string stored_release_plan(ReleasePlan const& plan);

}  // namespace updraft::rollout
