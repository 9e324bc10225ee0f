// When the window of a rollout is open for a device. Pure.
//
// Lives here: days and hours in a zone, also past midnight and over a change of summer time.
//
// Not here:   reading a window (rollout/read_parts.h), the hours of users (policy/hours.h).
#pragma once

#include <optional>
#include <string_view>

#include "fleet/device.h"
#include "ports/time_zones.h"
#include "rollout/plan.h"

namespace updraft::rollout {

// What Window::zone says when each device has its own.
inline constexpr std::string_view zone_of_device = "device";
// The attribute with the zone of a device.
inline constexpr std::string_view zone_attribute = "timezone";

// The zone in which the window counts for a device: for `device`, its attribute if it is a zone,
// else `user_zone`, which is the user's or else the server's (policy::Effective::time_zone).
// `attributes` may be nullptr: none.
[[nodiscard]] std::string_view zone_of(Window const& window, fleet::Attributes const* attributes,
                                       std::string_view user_zone, TimeZones const& zones);

struct WindowState {
    bool open = true;
    std::optional<Instant> since;  // When it opened or closed last; absent: it always was so.
    std::optional<Instant> next;   // When it closes or opens next; absent: never.
};
// An unknown zone counts as UTC.
[[nodiscard]] WindowState window_at(Window const& window, std::string_view zone,
                                    TimeZones const& zones, Instant now);

// True when there is a minute at which it is open.
[[nodiscard]] bool opens_ever(Window const& window);

}  // namespace updraft::rollout
