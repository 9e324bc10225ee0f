// The references and settings that the routes of the admin API use. The wiring fills them in.
//
// Lives here: Context and its settings.
//
// Not here:   creating the objects (app/wiring.h), using them (admin/*.cpp).
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "access/activity.h"
#include "access/actor.h"
#include "access/grant.h"
#include "access/guessing.h"
#include "access/identify_operator.h"
#include "access/seal.h"
#include "admin/system.h"
#include "audit/denials.h"
#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "push/dispatch.h"
#include "push/trial.h"
#include "usecases/means.h"

namespace updraft::admin {

using access::Actor;

struct Settings {
    std::int64_t firmware_bytes_max{};  // [firmware] max_size.
    bool push_http_allowed = false;     // [push] allow_http.
    access::Lifetimes lifetimes;        // [tokens].
    bool metrics_here = true;           // False when [metrics] listen is set.
    bool sessions_here = true;          // [console] enabled.
    access::SessionLimits sessions;     // [console] session_idle, session_max.
    std::string identity_header;        // [console]; empty: not used.
};

// Everything that it refers to must outlive it and is safe to use from any thread.
struct Context {
    Store& store;
    Clock& clock;
    IdSource& id_source;
    Blobs& blobs;
    access::Seal const& seal;
    access::Guessing& guessing;
    access::Activity& activity;
    audit::Denials& denials;
    usecases::Means means;
    push::Dispatch& dispatch;
    push::Trial& trial;
    // For work that blocks: writing uploads, and reading the metrics.
    boost::asio::thread_pool& disk;
    Settings settings;
    // The reason why this process is not ready ("starting", "draining"); empty when it is ready.
    std::function<std::string()> not_ready;
    // A problem that an operator should look at although the process is ready; empty when none.
    std::function<std::string()> hint;
    // What GET /system shows. May block.
    std::function<SystemState()> system;
    // All metrics in the text format of Prometheus. May block.
    std::function<std::string()> metrics;
    // Called for each error with a status of 500 or above, before it is answered. May be empty;
    // must not block.
    std::function<void(std::string_view request_id, Error const& error)> trouble;
};

}  // namespace updraft::admin
