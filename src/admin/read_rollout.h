// Reads the bodies of calls about rollouts (docs/admin-api.md#rollouts).
//
// Lives here: a creation, the "rollout" of a release, a change, and what is said with an act.
//             Unknown members are refused: a mistyped restriction would reach everybody.
//
// Not here:   plans and audiences (rollout/read_plan.h, rollout/read_audience.h).
#pragma once

#include <initializer_list>
#include <string_view>

#include "json/reader.h"
#include "ports/time_zones.h"
#include "staging/operate.h"

namespace updraft::admin {

// Errc::invalid, naming the first member that is not one of `known`.
[[nodiscard]] Result<void> check_members(json::Object const& said,
                                         std::initializer_list<std::string_view> known);

// {"firmwareId","name"?,"mode","audience"?,"plan"?,"startAt"?}.
[[nodiscard]] Result<staging::ToCreate> read_rollout(json::Object const& said,
                                                     TimeZones const& zones);
// The same without firmwareId, for the firmware that is released; errors name "rollout.mode".
[[nodiscard]] Result<staging::ToCreate> read_rollout_of(ReleaseId release, json::Object const& said,
                                                        TimeZones const& zones);

// The changes of a PATCH, merged into `rollout`.
[[nodiscard]] Result<void> patch_rollout(rollout::Rollout& rollout, json::Object const& said,
                                         TimeZones const& zones);

// {"note"?,"acknowledge"?}.
[[nodiscard]] Result<staging::Move> read_move(RolloutId id, staging::Act act,
                                              json::Object const& said);

inline constexpr std::size_t rollout_note_bytes_max = 1024;

}  // namespace updraft::admin
