// What this instance knows about the room of rollouts, and what it counts of them.
//
// Lives here: hints in memory, which each step renews on each instance (staging/steps.h), and the
//             counters for the metrics.
//
// Not here:   the room itself, which is checked in the transaction of a start
//             (upgrade/rollout_facts.h), the names of the metrics (app/watch/measures.h).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "rollout/rollout.h"
#include "upgrade/start_room.h"

namespace updraft::staging {

struct RolloutCounts {
    std::uint64_t places_taken = 0;  // By this instance, since its start.
    std::uint64_t places_given_back = 0;
    std::array<std::uint64_t, rollout::halt_reason_words.size()> halts{};
    std::array<std::int64_t, rollout::state_words.size()> by_state{};  // Of those that are open.
};

// Safe to use from any thread.
class Rooms final : public upgrade::StartRoom {
public:
    // `free_downloads` may be called from any thread; set before the first request.
    void ask_for_downloads(std::function<std::int64_t()> free_downloads);

    // Also true while nothing is known of that rollout.
    [[nodiscard]] bool may_have_room(RolloutId id) const override;
    [[nodiscard]] std::int64_t free_downloads() const override;

    void renew(std::map<RolloutId, bool> has_room);

    void count_taken() const override { ++places_taken_; }
    void count_given_back() { ++places_given_back_; }
    void count_halt(rollout::HaltReason reason);
    void count_states(std::array<std::int64_t, rollout::state_words.size()> const& by_state);
    [[nodiscard]] RolloutCounts counts() const;

private:
    std::function<std::int64_t()> free_downloads_;
    mutable std::mutex mutex_;  // Guards the next two.
    std::map<RolloutId, bool> has_room_;
    RolloutCounts counted_;
    mutable std::atomic<std::uint64_t> places_taken_ = 0;
    std::atomic<std::uint64_t> places_given_back_ = 0;
};

}  // namespace updraft::staging
