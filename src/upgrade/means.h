// The references and settings that the functions of this folder need.
//
// Lives here: the references and settings, which app/wiring.cpp fills in once.
//
// Not here:   using them (upgrade/order.h and its neighbours).
#pragma once

#include <chrono>
#include <string_view>

#include "ports/id_source.h"
#include "ports/time_zones.h"
#include "upgrade/outcome_listener.h"
#include "upgrade/presence.h"
#include "upgrade/start_room.h"
#include "upgrade/upgrade.h"

namespace updraft::upgrade {

// Zones that are written as an offset only.
[[nodiscard]] TimeZones const& no_time_zones();

// Everything that it refers to must outlive the server's threads and is safe to use from any of
// them.
struct Means {
    Limits const& limits;
    IdSource& id_source;
    OutcomeListener const& listener;
    Presence const* presence = nullptr;        // Null: only the store's last-seen times are used.
    Millis polling = std::chrono::minutes{5};  // For models without their own interval.
    TimeZones const& zones = no_time_zones();  // For upgrade hours.
    std::string_view time_zone = "+08:00";     // Of users who chose none.
    StartRoom const* start_room = nullptr;     // Null: there may be room for any.
};

}  // namespace updraft::upgrade
