// The clock of the listener: coarse times for deadlines, and the Date field of replies.
//
// Lives here: monotonic milliseconds, read once per sweep, and microseconds for the access log.
//
// Not here:   the time that the domain uses (ports/clock.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "vocabulary/instant.h"

namespace updraft::http {

// Milliseconds of a monotonic clock.
using Moment = std::int64_t;
inline constexpr Moment never = std::numeric_limits<Moment>::max();

[[nodiscard]] std::chrono::microseconds monotonic_now();

// One object for each I/O thread, used by that thread only. A deadline is noticed after it has
// passed, never before.
class Ticker {
public:
    // Sets pause() so that the shortest deadline in use is noticed in time.
    explicit Ticker(std::chrono::milliseconds shortest_deadline);

    [[nodiscard]] std::chrono::milliseconds pause() const { return pause_; }
    void tick(Instant wall);

    [[nodiscard]] Moment now() const { return now_; }
    // A deadline `after` from now. One pause() is added, because now() may be that old.
    [[nodiscard]] Moment in(std::chrono::milliseconds after) const {
        return now_ + after.count() + pause_.count();
    }
    [[nodiscard]] std::string_view date() const { return date_; }

private:
    std::chrono::milliseconds pause_;
    Moment now_ = 0;
    std::int64_t date_second_ = -1;
    std::string date_;
};

}  // namespace updraft::http
