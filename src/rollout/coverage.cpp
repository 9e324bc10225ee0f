#include "rollout/coverage.h"

#include <algorithm>

#include "rollout/bucket.h"
#include "rollout/window.h"

namespace updraft::rollout {
namespace {

// What the open waves cover, whoever starts.
struct Reach {
    bool everybody = false;       // Who shows up first takes a place.
    std::int64_t below = 0;       // Buckets below this one are covered.
    std::int64_t pull_below = 0;  // The same for UserMayPull::open_waves of Mode::install.
};

Reach reach_of(Rollout const& rollout) {
    if (rollout.state == State::finished) {
        return {.everybody = true, .below = bucket_count, .pull_below = bucket_count};
    }
    Reach reach;
    if (!rollout.wave) return reach;
    auto const open = std::min(*rollout.wave + 1, rollout.plan.waves.size());
    for (std::size_t i = 0; i < open; ++i) {
        auto const& wave = rollout.plan.waves[i];
        if (wave.millionths) {
            reach.below = std::max(reach.below, *wave.millionths);
            reach.pull_below = reach.below;
        } else if (rollout.mode == Mode::offer && i < rollout.waves.size() &&
                   rollout.waves[i].bucket_max) {
            reach.below = std::max(reach.below, *rollout.waves[i].bucket_max + 1);
        }
    }
    auto const& last = rollout.plan.waves[open - 1];
    reach.everybody = rollout.mode == Mode::install && last.devices.has_value();
    return reach;
}

bool has_started(State state) { return state >= State::running; }

bool bucket_is_below(Rollout const& rollout, Did const& did, std::int64_t limit) {
    if (limit <= 0 || limit >= bucket_count) return limit > 0;
    return bucket_of(rollout.release, did) < limit;
}

bool user_may_pull(Rollout const& rollout, fleet::Device const& device) {
    if (rollout.mode == Mode::offer) return wave_covers(rollout, device);
    if (rollout.state == State::finished) return true;
    switch (rollout.plan.user_may_pull) {
        case UserMayPull::always:
            return true;
        case UserMayPull::never:
            return false;
        case UserMayPull::open_waves:
            return bucket_is_below(rollout, device.did, reach_of(rollout).pull_below);
    }
    return false;
}

void add_state(State state, Reasons& reasons) {
    reasons.set(Reason::halted, state == State::halted);
    reasons.set(Reason::paused, state == State::paused);
    reasons.set(Reason::availability_nobody, state == State::stopping || state == State::stopped);
}

}  // namespace

bool wave_covers(Rollout const& rollout, fleet::Device const& device) {
    if (!has_started(rollout.state)) return false;
    auto const reach = reach_of(rollout);
    return reach.everybody || is_canary(rollout.audience, device) ||
           bucket_is_below(rollout, device.did, reach.below);
}

Coverage coverage(Rollout const& rollout, Subject const& subject, Beginning beginning,
                  Holding holding) {
    Coverage found;
    found.reasons = kept_out(rollout.audience, rollout.started_at, subject);
    add_state(rollout.state, found.reasons);
    if (!has_started(rollout.state)) {
        found.reasons.add(Reason::wave_not_yet);
        found.starts_at = rollout.start_at;
    } else if (holding == Holding::no_place) {
        bool const covered = beginning == Beginning::by_itself
                                 ? wave_covers(rollout, subject.device)
                                 : user_may_pull(rollout, subject.device);
        found.reasons.set(Reason::wave_not_yet, !covered);
    }
    return found;
}

bool needs_attributes_to_start(Rollout const& rollout) {
    return needs_attributes(rollout.audience) ||
           (rollout.plan.window && rollout.plan.window->zone == zone_of_device);
}

}  // namespace updraft::rollout
