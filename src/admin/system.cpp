#include "admin/system.h"

#include "admin/answer.h"
#include "admin/context.h"
#include "admin/on_disk.h"
#include "vocabulary/version.h"

namespace updraft::admin {
namespace {

void write_place(json::Writer& writer, std::string_view name, std::string_view kind,
                 std::optional<std::int64_t> bytes) {
    writer.key(name).object().member("kind", kind).key("bytes");
    if (bytes) {
        writer.value(*bytes);
    } else {
        writer.null();
    }
    writer.end();
}

}  // namespace

http::asio::awaitable<http::Reply> show_system(Context& context, http::Request const& request) {
    auto const state = co_await on_disk(context.disk, context.system);
    std::string body;
    json::Writer writer(body);
    writer.object().member("version", program_version()).member("instance", state.instance);
    time_member(writer, "startedAt", state.started_at);
    write_place(writer, "store", state.store_kind, state.store_bytes);
    write_place(writer, "artifacts", state.artifacts_kind, state.artifacts_bytes);
    time_member(writer, "tlsNotAfter", state.tls_not_after);
    writer.key("links").object().member("base", request.base_url()).end().end();
    co_return json_reply(200, std::move(body));
}

}  // namespace updraft::admin
