// Daily hours in a time zone: when they are open, and when they open next. Pure.
//
// Lives here: reading hours and zones, and the arithmetic, also over a change of summer time.
//
// Not here:   the rules of zones (ports/time_zones.h), whose hours count for whom
//             (policy/effective.h, upgrade/admission.h).
#pragma once

#include <optional>
#include <string_view>

#include "ports/time_zones.h"

namespace updraft::policy {

// From `from`, inclusive, to `to`, exclusive; over midnight when `to` is before `from`.
struct Hours {
    Millis from;  // Since local midnight.
    Millis to;

    bool operator==(Hours const&) const = default;
};
inline constexpr Millis hours_min = std::chrono::minutes{30};

// Reads "HH:MM-HH:MM"; nothing for any other form, for equal ends, and below hours_min.
[[nodiscard]] std::optional<Hours> read_hours(std::string_view text);

// True for "±HH:MM" up to 14 hours, and for a name that `zones` knows.
[[nodiscard]] bool is_time_zone(std::string_view text, TimeZones const& zones);

// The span of that zone in which `at` lies. An unknown zone counts as UTC.
[[nodiscard]] ZoneSpan span_at(std::string_view zone, TimeZones const& zones, Instant at);

struct Opening {
    bool open = true;
    Instant since;  // When it opened or closed last.
    Instant next;   // When it closes or opens next.
};
// Whether the hours are open at `now` in that zone. An unknown zone counts as UTC.
[[nodiscard]] Opening opening(Hours const& hours, std::string_view zone, TimeZones const& zones,
                              Instant now);

}  // namespace updraft::policy
