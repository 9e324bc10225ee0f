// What the apps' edge works with: references, filled in by the wiring.
//
// Lives here: Context and its settings.
// Not here:   who makes these things (app/wiring.h), what is done with them (openota/*.cpp).
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "access/rate.h"
#include "access/token.h"
#include "ports/clock.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "upgrade/order.h"

namespace updraft::openota {

struct Settings {
    std::chrono::minutes utc_offset{};  // [server] utc_offset: dates that apps see and give.
    access::Lifetimes lifetimes;        // [tokens].
};

// Everything it refers to outlives it and is safe to use from any thread.
struct Context {
    Store& store;
    Clock& clock;
    IdSource& id_source;
    upgrade::Means const& means;
    access::Rate& rate;
    Settings settings;
    // Told of each error that is not the caller's fault (internal, corrupt, unavailable), before it
    // is answered. May be empty; must not block.
    std::function<void(std::string_view request_id, Error const& error)> trouble;
};

}  // namespace updraft::openota
