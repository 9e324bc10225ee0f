// A clock that a test sets and advances.
//
// Lives here: the tests' Clock.
//
// Not here:   the system's clock (app/process/system_clock.h).
#pragma once

#include <atomic>

#include "ports/clock.h"

namespace updraft::stage {

// 2026-11-23T12:00:00Z, a Monday noon: far from the end of a day, in every time zone.
inline constexpr Instant noon{1'795'435'200'000};

// Safe to use from any thread.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Instant start = noon) : ms_(start.ms) {}

    [[nodiscard]] Instant now() const override { return {ms_.load()}; }
    void set(Instant at) { ms_.store(at.ms); }
    // Advances by `step`, which may be negative, and answers the new time.
    Instant advance(Millis step) { return {ms_.fetch_add(step.count()) + step.count()}; }

private:
    std::atomic<std::int64_t> ms_;
};

}  // namespace updraft::stage
