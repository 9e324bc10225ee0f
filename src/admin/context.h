// What the operators' edge works with: references, filled in by the wiring.
//
// Lives here: Context and its settings.
// Not here:   who makes these things (app/wiring.h), what is done with them (admin/*.cpp).
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "access/grant.h"
#include "access/seal.h"
#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "push/dispatch.h"
#include "upgrade/order.h"

namespace updraft::admin {

struct Settings {
    std::chrono::minutes utc_offset{};  // [server] utc_offset: dates of releases.
    std::int64_t firmware_bytes_max{};  // [firmware] max_size.
    bool push_http_allowed = false;     // [push] allow_http.
    access::Lifetimes lifetimes;        // [tokens].
    bool metrics_here = true;           // False when [metrics] listen is set.
};

// Everything it refers to outlives it and is safe to use from any thread.
struct Context {
    Store& store;
    Clock& clock;
    IdSource& id_source;
    Blobs& blobs;
    access::Seal const& seal;
    upgrade::Means const& means;
    push::Dispatch& dispatch;
    // For what blocks on the disk: pieces of uploads and their flush.
    boost::asio::thread_pool& disk;
    Settings settings;
    // Why this process is not ready ("starting", "draining"); empty when it is.
    std::function<std::string()> not_ready;
    // What an operator should look at although it is ready; empty when nothing.
    std::function<std::string()> hint;
    // Everything counted, in the text format of Prometheus.
    std::function<std::string()> metrics;
    // Told of each answer of 500 and above, before it is sent. May be empty; must not block.
    std::function<void(std::string_view request_id, Error const& error)> trouble;
};

}  // namespace updraft::admin
