#include "admin/health.h"

#include "admin/answer.h"
#include "admin/on_disk.h"
#include "admin/openapi.h"

namespace updraft::admin {
namespace {

Reply status_reply(int status, std::string_view word, std::string_view detail = {}) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("status", word);
    if (!detail.empty()) writer.member("detail", detail);
    writer.end();
    return json_reply(status, std::move(body));
}

}  // namespace

asio::awaitable<Reply> healthz(Door&, Request const&) { co_return status_reply(200, "up"); }

asio::awaitable<Reply> readyz(Door& door, Request const&) {
    if (door.not_ready) {
        auto const reason = door.not_ready();
        if (!reason.empty()) co_return status_reply(503, "not ready", reason);
    }
    auto const healthy = door.store.healthy();
    if (!healthy) co_return status_reply(503, "not ready", healthy.error().detail);
    // A receiver that is away is no reason to take this process out of service.
    auto const hint = door.hint ? door.hint() : std::string();
    co_return status_reply(200, "ready", hint);
}

asio::awaitable<Reply> metrics(Door& door, Request const&) {
    Reply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (!door.metrics) co_return reply;
    // Figures of the store are asked of a database, which may take its time.
    auto text = co_await on_disk(door.disk, door.metrics);
    reply.body = std::move(text);
    co_return reply;
}

asio::awaitable<Reply> openapi(Door&, Request const&) {
    Reply reply;
    reply.content_type = "application/json";
    reply.body = std::string(openapi_document);
    co_return reply;
}

}  // namespace updraft::admin
