// The listeners of a server: for devices and apps, for operators, and for metrics.
//
// Lives here: which paths are served on which listener, and starting and stopping all of them.
//
// Not here:   accepting connections (http/listener.h), the routes of each edge (openota/routes.h,
//             ddi/routes.h, admin/routes.h), the limits of each listener
//             (app/settings/part_settings.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/context.h"
#include "app/settings/settings.h"
#include "app/watch/journal.h"
#include "ddi/context.h"
#include "http/listener.h"
#include "openota/context.h"

namespace updraft::app {

// What the routes of each edge use.
struct EdgeContexts {
    openota::Context& apps;
    ddi::Context& devices;
    admin::Context& operators;
};

// Started, stopped and destroyed on one thread; the other calls are safe from any thread once
// start() has returned.
class Listeners {
public:
    // Without [admin] listen the main listener serves everything. With it, what operators use is
    // served there only; /healthz and /readyz are on both. With [metrics] listen /metrics is on
    // that listener only. The addresses are logged. The contexts, the clock and the journal must
    // outlive this object. Errors as http::Listener::start(); stop() is needed then as well.
    [[nodiscard]] Result<void> start(Settings const& settings, EdgeContexts const& contexts,
                                     Clock const& clock, IdSource& id_source, Journal& journal);

    // "http://127.0.0.1:8080": one for each address of [server] listen, in the order given.
    [[nodiscard]] std::vector<std::string> const& origins() const { return main_->origins(); }
    // The same for [admin] listen; empty when that is not set.
    [[nodiscard]] std::vector<std::string> admin_origins() const;
    // The same for [metrics] listen.
    [[nodiscard]] std::optional<std::string> metrics_origin() const;

    // As http::Listener::reload_tls(), of all listeners with TLS.
    [[nodiscard]] Result<void> reload_tls();
    [[nodiscard]] std::optional<Instant> tls_not_after() const { return main_->tls_not_after(); }
    // True when every I/O thread of the main listener and of the operators' has worked since the
    // last call. Used by one thread.
    [[nodiscard]] bool threads_work();
    // Of the main listener and of the operators' together.
    [[nodiscard]] http::ListenerCounters counters() const;

    // Stops all listeners at the same time: takes at most about drain_timeout.
    void stop();

private:
    http::Router router_;
    http::Router admin_router_;
    http::Router metrics_router_;
    std::unique_ptr<http::Listener> main_;
    std::unique_ptr<http::Listener> admin_;
    std::unique_ptr<http::Listener> metrics_;
};

}  // namespace updraft::app
