#include "app/watch/access_log.h"

#include <string_view>

namespace updraft::app {
namespace {

// Polls and probes are very frequent: they are logged at `debug` unless they fail.
bool is_routine(http::Answered const& answered) {
    auto const path = answered.request.path;
    return answered.status < 400 && (path.find("/controller/v1/") != std::string_view::npos ||
                                     path == "/healthz" || path == "/readyz" || path == "/metrics");
}

// The query is not logged: it may contain secrets.
void note_call(Journal& journal, http::Answered const& answered) {
    auto const level = answered.status >= 500 ? LogLevel::error
                       : is_routine(answered) ? LogLevel::debug
                                              : LogLevel::info;
    if (!journal.wants(level)) return;
    auto const& request = answered.request;
    journal.write(level, "request",
                  {{"request", request.request_id},
                   {"method", word(request.method)},
                   {"path", request.path},
                   {"status", answered.status},
                   {"bytes", static_cast<std::int64_t>(answered.body_bytes)},
                   {"us", std::int64_t{answered.took.count()}},
                   {"peer", request.client_address()}});
}

}  // namespace

http::ListenerHooks log_to(Journal& journal) {
    return {.answered = [&journal](http::Answered const& call) { note_call(journal, call); },
            .bug =
                [&journal](std::string_view request_id, std::string_view what) {
                    journal.error("a bug", {{"request", request_id}, {"detail", what}});
                },
            .trouble =
                [&journal](std::string_view request_id, Error const& error) {
                    journal.error("request failed",
                                  {{"request", request_id}, {"detail", error.detail}});
                }};
}

}  // namespace updraft::app
