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

asio::awaitable<Reply> healthz(Context&, Request const&) { co_return status_reply(200, "up"); }

asio::awaitable<Reply> readyz(Context& context, Request const& request) {
    if (context.not_ready) {
        auto const reason = context.not_ready();
        if (!reason.empty()) co_return status_reply(503, "not ready", reason);
    }
    auto const healthy = context.store.healthy();
    if (!healthy) {
        if (context.trouble) context.trouble(request.request_id, healthy.error());
        auto const& told = healthy.error().told;
        auto const why = (told.empty() ? "the store cannot be used" : told) +
                         "; our log says more under request id " + std::string(request.request_id);
        co_return status_reply(503, "not ready", why);
    }
    // A hint, such as an unreachable push receiver, does not make this process unready.
    auto const hint = context.hint ? context.hint() : std::string();
    co_return status_reply(200, "ready", hint);
}

asio::awaitable<Reply> metrics(Context& context, Request const&) {
    Reply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (!context.metrics) co_return reply;
    // Some metrics are queries of the database, which may block.
    auto text = co_await on_disk(context.disk, context.metrics);
    reply.body = std::move(text);
    co_return reply;
}

asio::awaitable<Reply> openapi(Context&, Request const&) {
    Reply reply;
    reply.content_type = "application/json";
    reply.may_be_stored = true;
    reply.body = std::string(openapi_document);
    co_return reply;
}

}  // namespace updraft::admin
