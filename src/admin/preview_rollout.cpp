// POST /rollouts/preview and GET /rollouts/{id}/preview.
#include "usecases/preview_rollout.h"
#include "admin/answer.h"
#include "admin/on_disk.h"
#include "admin/problem.h"
#include "admin/read_rollout.h"
#include "admin/reading.h"
#include "admin/rollouts.h"
#include "http/on_store.h"
#include "ports/rollouts_table.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

using usecases::Preview;

void write_examples(json::Writer& writer, std::vector<Did> const& examples) {
    writer.key("examples").array();
    for (auto const& did : examples) writer.value(did.value);
    writer.end();
}

std::string preview_body(Preview const& preview) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("audience", preview.audience).member("eligible", preview.eligible);
    writer.key("excluded").array();
    for (auto const& one : preview.excluded) {
        writer.object().member("reason", word(one.reason)).member("count", one.count);
        write_examples(writer, one.examples);
        writer.end();
    }
    writer.end().key("waves").array();
    for (auto const& wave : preview.waves) {
        writer.object();
        text_or_null(writer, "name", wave.name);
        writer.member("devices", wave.devices);
        write_examples(writer, wave.examples);
        writer.end();
    }
    writer.end().key("bytes").object().member("total", preview.bytes).end();
    writer.key("warnings").array();
    for (auto const& warning : preview.warnings) writer.value(warning);
    writer.end();
    time_member(writer, "asOf", preview.as_of);
    writer.end();
    return body;
}

// It reads all devices of a model, which blocks: on another thread, in parts, so that other work of
// these threads can run between them.
asio::awaitable<Reply> answer_preview(Context& context, Request const& request,
                                      usecases::RolloutToPreview wanted) {
    usecases::PreviewScan scan(context.store, context.means.upgrades, std::move(wanted),
                               context.clock.now());
    while (true) {
        auto more = [&scan] { return scan.read_more(); };
        auto const last = co_await on_disk(context.disk, std::move(more));
        if (!last) co_return failure(context, request, last.error());
        if (*last) break;
    }
    co_return json_reply(200, preview_body(scan.result()));
}

}  // namespace

asio::awaitable<Reply> preview_rollout(Context& context, Request const& request, Actor const&,
                                       json::Object body) {
    auto read = read_rollout(body, context.means.upgrades.zones);
    if (!read) co_return failure(context, request, read.error());
    usecases::RolloutToPreview wanted{.release = read->release,
                                      .mode = read->mode,
                                      .audience = std::move(read->audience),
                                      .plan = std::move(read->plan)};
    co_return co_await answer_preview(context, request, std::move(wanted));
}

asio::awaitable<Reply> preview_of_rollout(Context& context, Request const& request) {
    auto const id = path_number(request, 0, "rollout");
    if (!id) co_return failure(context, request, id.error());
    auto find = [id = *id](Tx const& tx) {
        return existing(tx.rollouts().find(RolloutId{id}), "rollout", std::to_string(id));
    };
    auto const found = co_await http::on_store(context.store, std::move(find));
    if (!found) co_return failure(context, request, found.error());
    usecases::RolloutToPreview wanted{.release = found->release,
                                      .mode = found->mode,
                                      .audience = found->audience,
                                      .plan = found->plan,
                                      .started_at = found->started_at};
    co_return co_await answer_preview(context, request, std::move(wanted));
}

}  // namespace updraft::admin
