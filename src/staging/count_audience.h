// Counts the audience of a rollout, in batches that hold up nothing else.
//
// Lives here: the devices that can get the release, the canaries among them, and the buckets of
//             count waves that are offered.
//
// Not here:   places of waves (rollout/wave_course.h), previews with reasons (usecases/).
#pragma once

#include <cstdint>
#include <vector>

#include "ports/store.h"
#include "rollout/rollout.h"

namespace updraft::staging {

// How far a count is. It is kept in memory, and begins anew after a restart.
struct AudienceCount {
    Did after;  // The last device that was looked at.
    std::int64_t devices = 0;
    std::int64_t canaries = 0;
    std::vector<std::int64_t> lowest = {};  // The lowest buckets, as a heap with the highest first.
    bool complete = false;
};

// Looks at the next devices of the model, some ten thousand.
[[nodiscard]] Result<void> count_more(Tx const& tx, rollout::Rollout const& rollout,
                                      AudienceCount& count);

// Sets the audience of `rollout` to a complete count. `had`: devices that have the release from it
// by now. At its start, also opens its first wave.
void set_audience(rollout::Rollout& rollout, AudienceCount count, std::int64_t had, Instant now);

}  // namespace updraft::staging
