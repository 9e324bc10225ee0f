#include "app/process/system_time_zones.h"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace updraft::app {
namespace {

Instant instant_of(date::sys_seconds at) {
    // The ends of a zone's rules are beyond what milliseconds can count.
    constexpr std::int64_t most = std::int64_t{1} << 52;
    auto const seconds = at.time_since_epoch().count();
    return {std::clamp<std::int64_t>(seconds, -most, most) * 1000};
}

}  // namespace

// The library throws for an unknown name.
std::optional<ZoneSpan> SystemTimeZones::span(std::string_view name, Instant at) const {
    try {
        auto const* const zone = date::locate_zone(std::string(name));
        auto const found = zone->get_info(date::sys_seconds{std::chrono::seconds{at.seconds()}});
        return ZoneSpan{instant_of(found.begin), instant_of(found.end),
                        std::chrono::duration_cast<Millis>(found.offset)};
    } catch (std::exception const&) {
        return std::nullopt;
    }
}

TimeZones const& system_time_zones() {
    static SystemTimeZones const zones;
    return zones;
}

Result<void> SystemTimeZones::check() {
    auto const reads = [] {
        try {
            return !date::get_tzdb().zones.empty();
        } catch (std::exception const&) {
            return false;
        }
    };
    if (reads()) return {};
    return fail(Errc::unavailable,
                "the system has no time zones: install the package tzdata (/usr/share/zoneinfo)");
}

}  // namespace updraft::app
