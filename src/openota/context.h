// The references and settings that the routes of the open API use. The wiring fills them in.
//
// Lives here: Context and its settings.
//
// Not here:   creating the objects (app/wiring.h), using them (openota/*.cpp).
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "access/guessing.h"
#include "access/rate.h"
#include "access/token.h"
#include "ports/clock.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "upgrade/order.h"

namespace updraft::openota {

struct Settings {
    access::Lifetimes lifetimes;       // [tokens].
    std::int64_t users_per_app_max{};  // [limits] users_per_app.
};

// Everything that it refers to must outlive it and is safe to use from any thread.
struct Context {
    Store& store;
    Clock& clock;
    IdSource& id_source;
    upgrade::Means const& means;
    access::Rate& rate;
    access::Guessing& guessing;
    Settings settings;
    // Called for each error with a status of 500 or above (internal, corrupt, busy, unavailable,
    // conflict), before it is answered. May be empty; must not block.
    std::function<void(std::string_view request_id, Error const& error)> trouble;
};

}  // namespace updraft::openota
