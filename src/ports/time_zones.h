// The rules of time zones.
//
// Lives here: the port.
// Not here:   the zones of the system (app/process/system_time_zones.h), zones that are written as
//             an offset (policy/hours.h).
#pragma once

#include <optional>
#include <string_view>

#include "vocabulary/instant.h"

namespace updraft {

// A stretch of time in which a zone keeps one offset.
struct ZoneSpan {
    Instant from;   // Inclusive.
    Instant until;  // Exclusive.
    Millis offset;  // Local time minus UTC.
};

// Safe to use from any thread.
class TimeZones {
public:
    virtual ~TimeZones() = default;
    // The span of that zone, an IANA name, in which `at` lies; nothing for an unknown name.
    [[nodiscard]] virtual std::optional<ZoneSpan> span(std::string_view name, Instant at) const = 0;
};

}  // namespace updraft
