// The references and settings that the functions of this folder need.
//
// Lives here: the references and settings, which app/wiring.cpp fills in once.
//
// Not here:   using them (upgrade/order.h and its neighbours).
#pragma once

#include <chrono>

#include "ports/id_source.h"
#include "upgrade/outcome_listener.h"
#include "upgrade/presence.h"
#include "upgrade/upgrade.h"

namespace updraft::upgrade {

// Everything that it refers to must outlive the server's threads and is safe to use from any of
// them.
struct Means {
    Limits const& limits;
    IdSource& id_source;
    OutcomeListener const& listener;
    Presence const* presence = nullptr;        // Null: only the store's last-seen times are used.
    Millis polling = std::chrono::minutes{5};  // For models without their own interval.
};

}  // namespace updraft::upgrade
