// Time as the listener needs it: coarse moments for deadlines, and the Date of answers.
//
// Lives here: monotonic milliseconds, read once per sweep, and microseconds for the access log.
// Not here:   the time that rules are given (ports/clock.h).
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

// "Mon, 23 Nov 2026 20:00:00 GMT" (RFC 9110).
[[nodiscard]] std::string http_date(Instant at);

// One for each thread. Deadlines may pass up to one sweep late, never early.
class Ticker {
public:
    // Sweeps often enough for the shortest of the deadlines in use.
    explicit Ticker(std::chrono::milliseconds shortest_deadline);

    [[nodiscard]] std::chrono::milliseconds pause() const { return pause_; }
    void tick(Instant wall);

    [[nodiscard]] Moment now() const { return now_; }
    // A deadline `after` from now; the coarse clock may be a sweep behind.
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
