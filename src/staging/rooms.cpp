#include "staging/rooms.h"

#include <limits>
#include <utility>

namespace updraft::staging {

void Rooms::ask_for_downloads(std::function<std::int64_t()> free_downloads) {
    free_downloads_ = std::move(free_downloads);
}

bool Rooms::may_have_room(RolloutId id) const {
    std::lock_guard const lock(mutex_);
    auto const found = has_room_.find(id);
    return found == has_room_.end() || found->second;
}

std::int64_t Rooms::free_downloads() const {
    return free_downloads_ ? free_downloads_() : std::numeric_limits<std::int64_t>::max();
}

void Rooms::renew(std::map<RolloutId, bool> has_room) {
    std::lock_guard const lock(mutex_);
    has_room_ = std::move(has_room);
}

void Rooms::count_halt(rollout::HaltReason reason) {
    std::lock_guard const lock(mutex_);
    ++counted_.halts[static_cast<std::size_t>(reason)];
}

void Rooms::count_states(std::array<std::int64_t, rollout::state_words.size()> const& by_state) {
    std::lock_guard const lock(mutex_);
    counted_.by_state = by_state;
}

RolloutCounts Rooms::counts() const {
    std::lock_guard const lock(mutex_);
    auto counts = counted_;
    counts.places_taken = places_taken_;
    counts.places_given_back = places_given_back_;
    return counts;
}

}  // namespace updraft::staging
