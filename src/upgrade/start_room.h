// What this instance knows in memory about how many upgrades may start now.
//
// Lives here: the interface with which the domain asks, so that a poll that cannot start anything
//             costs no query.
//
// Not here:   keeping it (staging/rooms.h), the room itself (upgrade/rollout_facts.h).
#pragma once

#include <cstdint>

#include "rollout/rollout.h"

namespace updraft::upgrade {

// Safe to call from any thread.
class StartRoom {
public:
    virtual ~StartRoom() = default;
    // False when that rollout had no room a moment ago.
    [[nodiscard]] virtual bool may_have_room(RolloutId id) const = 0;
    // Downloads that could begin now.
    [[nodiscard]] virtual std::int64_t free_downloads() const = 0;
    // A device that showed up has taken a place.
    virtual void count_taken() const = 0;
};

}  // namespace updraft::upgrade
