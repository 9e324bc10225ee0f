// The time zones of the system.
//
// Lives here: the adapter, on the zone database in /usr/share/zoneinfo.
//
// Not here:   the port (ports/time_zones.h).
#pragma once

#include "ports/time_zones.h"
#include "vocabulary/result.h"

namespace updraft::app {

// Reads each zone when it is asked for the first time.
class SystemTimeZones final : public TimeZones {
public:
    [[nodiscard]] std::optional<ZoneSpan> span(std::string_view name, Instant at) const override;

    // Errc::unavailable, naming the package to install, when the system has no zone database.
    [[nodiscard]] static Result<void> check();
};

[[nodiscard]] TimeZones const& system_time_zones();

}  // namespace updraft::app
