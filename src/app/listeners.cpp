#include "app/listeners.h"

#include <thread>
#include <utility>

#include "admin/routes.h"
#include "app/settings/part_settings.h"
#include "app/watch/access_log.h"
#include "ddi/routes.h"
#include "openota/reply.h"
#include "openota/routes.h"
#include "vocabulary/version.h"

namespace updraft::app {
namespace {

// Errors of paths outside all edges, and of malformed requests, have the form of the open API.
void word_other_errors(http::Router& router) {
    router.add_edge("", openota::trouble);
    router.word_framing(openota::trouble);
}

}  // namespace

Result<void> Listeners::start(Settings const& settings, EdgeContexts const& contexts,
                              Clock const& clock, IdSource& id_source, Journal& journal) {
    auto const apart = !settings.admin.listen.empty();
    word_other_errors(router_);
    openota::add_routes(router_, contexts.apps);
    if (settings.ddi.enabled) ddi::add_routes(router_, contexts.devices);
    admin::add_health(router_, contexts.operators);
    admin::add_routes(apart ? admin_router_ : router_, contexts.operators);
    if (apart) {
        word_other_errors(admin_router_);
        admin::add_health(admin_router_, contexts.operators);
    }

    auto const listen = [&](http::ListenerSettings wanted, http::Router const& router) {
        return http::Listener::start(std::move(wanted), router, clock, id_source, log_to(journal));
    };
    TRY_ASSIGN(main_, listen(listener_settings(settings), router_));
    if (apart) {
        TRY_ASSIGN(admin_, listen(admin_listener_settings(settings), admin_router_));
    }
    if (settings.metrics.listen) {
        admin::add_open_metrics(metrics_router_, contexts.operators);
        TRY_ASSIGN(metrics_, listen(metrics_listener_settings(settings), metrics_router_));
    }
    for (auto const& origin : origins()) {
        journal.info("listening", {{"origin", origin}, {"version", program_version()}});
    }
    for (auto const& origin : admin_origins()) {
        journal.info("listening for operators", {{"origin", origin}});
    }
    return {};
}

std::vector<std::string> Listeners::admin_origins() const {
    return admin_ ? admin_->origins() : std::vector<std::string>{};
}

std::optional<std::string> Listeners::metrics_origin() const {
    if (!metrics_) return std::nullopt;
    return metrics_->origins().front();
}

Result<void> Listeners::reload_tls() {
    TRY(main_->reload_tls());
    if (admin_) TRY(admin_->reload_tls());
    if (metrics_) TRY(metrics_->reload_tls());
    return {};
}

bool Listeners::threads_work() {
    auto const main_works = main_->threads_work();
    auto const admin_works = !admin_ || admin_->threads_work();
    return main_works && admin_works;
}

http::ListenerCounters Listeners::counters() const {
    auto sum = main_->counters();
    if (admin_) sum += admin_->counters();
    return sum;
}

void Listeners::stop() {
    std::thread others;
    if (admin_ || metrics_) {
        others = std::thread([this] {
            if (admin_) admin_->stop();
            if (metrics_) metrics_->stop();
        });
    }
    if (main_) main_->stop();
    if (others.joinable()) others.join();
}

}  // namespace updraft::app
