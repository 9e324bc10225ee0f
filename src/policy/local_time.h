// Calendar days in one time zone.
//
// Lives here: the day of a time, and the first moment of a day.
//
// Not here:   daily hours (policy/hours.h), the rules of zones (ports/time_zones.h).
#pragma once

#include <string>
#include <string_view>

#include "ports/time_zones.h"
#include "vocabulary/instant.h"

namespace updraft::policy {

// `zone` is an IANA name or "±HH:MM" (policy/hours.h), and must outlive this object.
class LocalTime {
public:
    LocalTime(std::string_view zone, TimeZones const& zones) : zone_(zone), zones_(&zones) {}

    // Local time minus UTC, in whole minutes.
    [[nodiscard]] std::chrono::minutes offset_at(Instant at) const;
    // "2026-11-23".
    [[nodiscard]] std::string date(Instant at) const { return local_date(at, offset_at(at)); }
    // The first moment of that day.
    [[nodiscard]] Instant start_of(Day day) const;

private:
    std::string_view zone_;
    TimeZones const* zones_;
};

}  // namespace updraft::policy
