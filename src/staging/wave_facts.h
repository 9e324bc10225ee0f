// What the passing of the open wave depends on, as operators see it.
//
// Lives here: reading it without looking at single places.
//
// Not here:   the rule (rollout/wave_course.h), what the step of the server knows besides: gaps in
//             its serving, and the hand-outs of a wave that does not become full.
#pragma once

#include <span>

#include "ports/store.h"
#include "rollout/wave_course.h"
#include "upgrade/means.h"

namespace updraft::staging {

// `tallies` are those of the rollout, and must outlive the answer.
[[nodiscard]] Result<rollout::WaveFacts> shown_facts(Tx const& tx, upgrade::Means const& means,
                                                     rollout::Rollout const& rollout,
                                                     std::span<rollout::WaveTally const> tallies);

}  // namespace updraft::staging
