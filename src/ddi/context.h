// What the device channel needs from the rest: everything that its routes are given.
//
// Lives here: the edge's references and settings.
// Not here:   filling them in (app/wiring.cpp), the routes (ddi/routes.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "ddi/served_bytes.h"
#include "ddi/signs_of_life.h"
#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/store.h"
#include "upgrade/order.h"

namespace updraft::ddi {

// Configuration [ddi] and [firmware] as far as devices meet it. The polling interval stands in
// upgrade::Means, because turns depend on it.
struct Settings {
    bool enabled = true;
    std::string version_attribute = "firmwareVersion";
    std::int64_t downloads_max = 1'000;  // At the same time; above: 503.
    bool bucket = false;                 // Artifacts have addresses outside, which links lead to.
};

// Outlives the listener. Its parts are safe to use from every I/O thread.
struct Context {
    Store& store;
    Clock const& clock;
    upgrade::Means const& means;
    Blobs& blobs;
    SignsOfLife& signs;
    Settings settings;
    ServedTally served{};
    std::atomic<std::int64_t> downloads{0};  // Running now; a figure for /metrics too.
};

}  // namespace updraft::ddi
