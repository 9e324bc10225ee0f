// The presets of plans, and the waves of small audiences.
//
// Lives here: what standard, careful and urgent are (wire contract 6.7).
//
// Not here:   reading a plan (rollout/read_plan.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rollout/plan.h"
#include "vocabulary/enum_words.h"

namespace updraft::rollout {

inline constexpr EnumWords<3> preset_words{"standard", "careful", "urgent"};

// The plan of that preset, which must be one of preset_words.
[[nodiscard]] Plan preset_plan(std::string_view preset);

// Below this, a plan without waves of its own gets those of a small audience.
inline constexpr std::int64_t small_audience_below = 200;

// The plan with the waves that it has from its start on: its own, or those for an audience of
// `audience_count`. They count as given afterwards, so that they never change by themselves.
[[nodiscard]] Plan with_waves_at_start(Plan plan, std::int64_t audience_count);

}  // namespace updraft::rollout
