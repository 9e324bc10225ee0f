// The references and counters that all device channels use. The wiring fills them in.
//
// Lives here: the references, the counts that are kept in memory, and the limit of downloads.
//
// Not here:   filling them in (app/wiring.cpp), what one channel alone needs (ddi/context.h).
#pragma once

#include "channel/downloads.h"
#include "channel/presence.h"
#include "channel/served_bytes.h"
#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/store.h"
#include "upgrade/order.h"

namespace updraft::channel {

// Must outlive all channels. Its parts are safe to use from all I/O threads.
struct Context {
    Store& store;
    Clock const& clock;
    upgrade::Means const& means;
    Blobs& blobs;
    Presence& presence;
    ServedTally& served;
    Downloads downloads;
};

}  // namespace updraft::channel
