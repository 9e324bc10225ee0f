// Reads the plan of a rollout from JSON.
//
// Lives here: a plan as a client gives it and changes it, with all its limits; the plan as the
//             store keeps it; the plan of a model's releases.
//
// Not here:   the presets (rollout/presets.h), writing (rollout/write_plan.h), what may change
//             while it runs (rollout/plan_changes.h).
#pragma once

#include <string_view>

#include "json/reader.h"
#include "ports/time_zones.h"
#include "rollout/plan.h"
#include "rollout/rollout.h"
#include "vocabulary/result.h"

namespace updraft::rollout {

// The member "plan" of a creation: a preset's name, or an object with "preset" and what differs
// from it; nullptr: the preset `standard`. Errc::invalid, naming the member ("plan.maxPerMinute"),
// for an unknown one, one out of range, and for what contradicts another member or `mode`.
[[nodiscard]] Result<Plan> read_plan(json::Value const* given, Mode mode, TimeZones const& zones);

// `before` with the changes of a PATCH, merged one level deep: a member replaces the member of the
// plan, `null` goes back to the preset's, another "preset" replaces what was not different from the
// old one. A preset's name alone replaces the plan. Errors as for read_plan().
[[nodiscard]] Result<Plan> patched_plan(Plan const& before, json::Value const& patch, Mode mode,
                                        TimeZones const& zones);

// Reads what stored_plan() wrote. Errc::corrupt for anything else.
[[nodiscard]] Result<Plan> read_stored_plan(std::string_view text);

// How the releases of a model are rolled out unless their release says otherwise.
struct ReleasePlan {
    Mode mode = Mode::offer;
    Plan plan;

    bool operator==(ReleasePlan const&) const = default;
};
// Reads {"mode","plan"?}. Errc::invalid, naming the member below "releasePlan".
[[nodiscard]] Result<ReleasePlan> read_release_plan(json::Object const& given,
                                                    TimeZones const& zones);
// Reads what stored_release_plan() wrote. Errc::corrupt for anything else.
[[nodiscard]] Result<ReleasePlan> read_stored_release_plan(std::string_view text);

}  // namespace updraft::rollout
