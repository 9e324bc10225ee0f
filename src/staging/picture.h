// A rollout with what is read about it: what operators look at.
//
// Lives here: reading the picture of one rollout.
//
// Not here:   writing it as JSON (admin/show_rollout.h), changing it (staging/operate.h).
#pragma once

#include <vector>

#include "ports/store.h"
#include "rollout/place.h"
#include "rollout/rollout.h"
#include "rollout/wave_course.h"
#include "upgrade/means.h"

namespace updraft::staging {

struct Picture {
    rollout::Rollout rollout;
    Version version;                          // Of its firmware.
    std::vector<rollout::WaveTally> tallies;  // Of all epochs and waves.
    rollout::NextStep next;
};
[[nodiscard]] Result<Picture> picture(Tx const& tx, upgrade::Means const& means,
                                      rollout::Rollout rollout, Instant now);

}  // namespace updraft::staging
