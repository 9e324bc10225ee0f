// A point in time, in milliseconds since 1970-01-01 00:00 UTC. The store and all rules use it.
//
// Lives here: the type, its arithmetic, and its two written forms (RFC 3339 and a local date).
//
// Not here:   reading the clock (ports/clock.h), dates of HTTP (text/http_date.h).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft {

using Millis = std::chrono::milliseconds;

struct Instant {
    std::int64_t ms{};

    auto operator<=>(Instant const&) const = default;

    friend constexpr Instant operator+(Instant at, Millis by) { return {at.ms + by.count()}; }
    friend constexpr Instant operator-(Instant at, Millis by) { return {at.ms - by.count()}; }
    friend constexpr Millis operator-(Instant a, Instant b) { return Millis{a.ms - b.ms}; }

    // Whole seconds, rounded down.
    [[nodiscard]] constexpr std::int64_t seconds() const {
        return ms >= 0 ? ms / 1000 : (ms - 999) / 1000;
    }
    [[nodiscard]] constexpr std::chrono::sys_seconds whole_seconds() const {
        return std::chrono::sys_seconds{std::chrono::seconds{seconds()}};
    }
};

// A calendar day in the proleptic Gregorian calendar.
using Day = std::chrono::year_month_day;

// "2026-11-23T17:48:16.123Z".
[[nodiscard]] std::string rfc3339(Instant at);
// The reverse of rfc3339(). Accepts "Z" or an offset, and 0 to 9 digits of a second (cut to ms).
[[nodiscard]] std::optional<Instant> read_rfc3339(std::string_view text);

// "2026-11-23": the day of `at` in the time zone with that offset (east is positive).
[[nodiscard]] std::string local_date(Instant at, std::chrono::minutes utc_offset);
[[nodiscard]] std::string written(Day day);
// Reads exactly YYYY-MM-DD; nothing for any other form, or for a day that does not exist.
[[nodiscard]] std::optional<Day> read_day(std::string_view text);
// The first moment of that day in the time zone with that offset (east is positive).
[[nodiscard]] Instant start_of(Day day, std::chrono::minutes utc_offset);

}  // namespace updraft
