// The references and settings that the routes of the DDI edge use.
//
// Lives here: Context and its settings.
//
// Not here:   filling them in (app/wiring.cpp), what all device channels need (channel/context.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "access/device_rate.h"
#include "access/guessing.h"
#include "channel/context.h"

namespace updraft::ddi {

// The parts of the configuration [ddi] and [firmware] that only this channel uses. The polling
// interval is in upgrade::Means, because the turns of gateways depend on it too.
struct Settings {
    bool enabled = true;
    std::string version_attribute = "firmwareVersion";
    bool bucket = false;  // Download links ask for a redirect to the bucket.
};

// Must outlive the listener. Its parts are safe to use from all I/O threads.
struct Context {
    channel::Context& channel;
    access::DeviceRate& rate;
    access::Guessing& guessing;
    Settings settings;
    // Called for each error with a status of 500 or above, before it is answered. May be empty;
    // must not block.
    std::function<void(std::string_view request_id, Error const& error)> trouble;
};

}  // namespace updraft::ddi
