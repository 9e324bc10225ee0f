// Since when this instance has served without a gap and without a jump of its clock.
//
// Lives here: the record, in memory: a server that starts has not served before.
//
// Not here:   what a gap means for devices and waves (rollout/outcome.h, rollout/wave_course.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

#include "vocabulary/instant.h"

namespace updraft::staging {

// A longer pause between two ticks is a gap.
inline constexpr Millis gap_min = std::chrono::minutes{1};

// tick() is called by one thread; since() by any.
class ServingRecord {
public:
    // To be called at least every few seconds while the server serves.
    void tick(Instant now) {
        if (is_gap(now)) since_ms_ = now.ms;
        last_ms_ = now.ms;
    }
    // `now` itself before the first tick, and after a gap that no tick has seen.
    [[nodiscard]] Instant since(Instant now) const {
        return is_gap(now) ? now : Instant{since_ms_.load()};
    }

private:
    // Other threads may be a little behind the last tick.
    [[nodiscard]] bool is_gap(Instant now) const {
        auto const passed = now - Instant{last_ms_.load()};
        return passed > gap_min || passed < -gap_min;
    }

    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min() / 4;
    std::atomic<std::int64_t> last_ms_{never};
    std::atomic<std::int64_t> since_ms_{never};
};

}  // namespace updraft::staging
