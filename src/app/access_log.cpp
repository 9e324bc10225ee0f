#include "app/access_log.h"

#include <string_view>

namespace updraft::app {
namespace {

std::string_view word_of(http::Method method) {
    switch (method) {
        case http::Method::get:
            return "GET";
        case http::Method::head:
            return "HEAD";
        case http::Method::post:
            return "POST";
        case http::Method::put:
            return "PUT";
        case http::Method::patch:
            return "PATCH";
        case http::Method::del:
            return "DELETE";
        case http::Method::options:
            return "OPTIONS";
        case http::Method::other:
            break;
    }
    return "other";
}

// Devices and probes ask all day: when all is well that is for `debug`.
bool is_routine(http::Answered const& answered) {
    auto const path = answered.request.path;
    return answered.status < 400 && (path.find("/controller/v1/") != std::string_view::npos ||
                                     path == "/healthz" || path == "/readyz" || path == "/metrics");
}

// The query is left out: it is the one part of a target that may carry what others must not see.
void note_call(Journal& journal, http::Answered const& answered) {
    auto const level = answered.status >= 500 ? LogLevel::error
                       : is_routine(answered) ? LogLevel::debug
                                              : LogLevel::info;
    if (!journal.wants(level)) return;
    auto const& request = answered.request;
    journal.write(level, "request",
                  {{"request", request.request_id},
                   {"method", word_of(request.method)},
                   {"path", request.path},
                   {"status", answered.status},
                   {"bytes", static_cast<std::int64_t>(answered.body_bytes)},
                   {"us", std::int64_t{answered.took.count()}},
                   {"peer", request.peer_address}});
}

}  // namespace

http::ListenerHooks log_to(Journal& journal) {
    return {.answered = [&journal](http::Answered const& call) { note_call(journal, call); },
            .bug =
                [&journal](std::string_view request_id, std::string_view what) {
                    journal.error("a bug", {{"request", request_id}, {"detail", what}});
                }};
}

}  // namespace updraft::app
