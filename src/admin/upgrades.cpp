#include "admin/upgrades.h"

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"
#include "usecases/cancel_upgrade.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

// Most queries for one page. With a filter that matches few rows, pages may be short.
constexpr int looks_max = 20;

void write_members(json::Writer& writer, upgrade::Upgrade const& shown) {
    writer.member("id", shown.id.value)
        .member("orderId", shown.order_id.value)
        .member("did", shown.did.value)
        .member("deviceModel", shown.model.value);
    name_or_null(writer, "openId", shown.open_id);
    writer.member("firmwareId", std::to_string(shown.release_id.value))
        .member("fromVersion", shown.from_version.value)
        .member("firmwareVersion", shown.version.value)
        .member("state", upgrade::word(shown.state))
        .member("progress", shown.progress);
    text_or_null(writer, "cause", shown.cause);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "startedAt", shown.started_at);
    time_member(writer, "finishedAt", shown.finished_at);
}

void write_upgrade(json::Writer& writer, upgrade::Upgrade const& shown) {
    writer.object();
    write_members(writer, shown);
    writer.end();
}

std::string upgrade_body(upgrade::Upgrade const& shown,
                         std::vector<TimelineEntry> const& timeline) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    write_members(writer, shown);
    writer.key("timeline").array();
    for (auto const& entry : timeline) {
        writer.object();
        time_member(writer, "at", entry.at);
        writer.member("state", upgrade::word(entry.state)).member("progress", entry.progress);
        text_or_null(writer, "text", entry.text);
        writer.end();
    }
    writer.end().end();
    return body;
}

Result<UpgradeFilter> read_upgrade_filter(Request const& request) {
    UpgradeFilter filter;
    TRY_ASSIGN(filter.did, filter_name<Did>(request, "did"));
    TRY_ASSIGN(filter.model, filter_name<ModelName>(request, "model"));
    TRY_ASSIGN(filter.order_id, filter_name<OrderId>(request, "orderId"));
    auto const state = request.parameter("state");
    if (!state || state->empty()) return filter;
    filter.state = upgrade::read_state(*state);
    if (!filter.state) return fail(Errc::invalid, "state is no state of an upgrade");
    return filter;
}

// Each query reads a limited number of rows, so a page may need several queries.
Result<Page<upgrade::Upgrade>> page_of(Tx const& tx, UpgradeFilter const& filter, PageAsk ask) {
    Page<upgrade::Upgrade> page;
    for (int look = 0; look < looks_max; ++look) {
        TRY_ASSIGN(auto found, tx.upgrade_lists().list(filter, ask));
        ask.limit -= static_cast<std::int64_t>(found.items.size());
        std::ranges::move(found.items, std::back_inserter(page.items));
        page.next = std::move(found.next);
        if (!page.next || ask.limit <= 0) break;
        ask.after = page.next;
    }
    return page;
}

Result<UpgradeId> upgrade_id_in(Request const& request) {
    TRY_ASSIGN(auto const number, path_number(request, 0, "upgrade"));
    return UpgradeId{number};
}

struct WithTimeline {
    upgrade::Upgrade upgrade;
    std::vector<TimelineEntry> timeline;
};

Result<WithTimeline> with_timeline(Tx const& tx, UpgradeId id) {
    TRY_ASSIGN(auto found, existing(tx.upgrades().find(id), "upgrade", std::to_string(id.value)));
    TRY_ASSIGN(auto timeline, tx.timelines().of(id));
    return WithTimeline{.upgrade = std::move(found), .timeline = std::move(timeline)};
}

}  // namespace

asio::awaitable<Reply> list_upgrades(Context& context, Request const& request) {
    auto filter = read_upgrade_filter(request);
    if (!filter) co_return failure(context, request, filter.error());
    auto ask = read_page_ask(request, "upgrades");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<upgrade::Upgrade> calls;
    calls.read = [filter = *std::move(filter)](Tx const& tx, PageAsk const& part) {
        return page_of(tx, filter, part);
    };
    calls.write = write_upgrade;
    co_return co_await send_page(context, request, "upgrades", *std::move(ask), std::move(calls));
}

asio::awaitable<Reply> show_upgrade(Context& context, Request const& request) {
    auto const id = upgrade_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto show = [id = *id](Tx const& tx) { return with_timeline(tx, id); };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    co_return json_reply(200, upgrade_body(found->upgrade, found->timeline));
}

asio::awaitable<Reply> cancel_upgrade(Context& context, Request const& request, Actor const& actor,
                                      json::Object body) {
    auto const id = upgrade_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto const forced = json::truth_member(body, "force");
    if (!forced) co_return failure(context, request, forced.error());
    usecases::UpgradeToCancel wanted{.id = *id};
    if (forced->value_or(false)) wanted.force = upgrade::Force::end_at_once;
    auto const now = context.clock.now();
    auto cancel = [&context, actor, wanted, now](Tx& tx) -> Result<WithTimeline> {
        TRY(usecases::cancel_upgrade(tx, context.means, actor, wanted, now));
        return with_timeline(tx, wanted.id);
    };
    auto const cancelled = co_await http::on_store(context.store, std::move(cancel));
    if (!cancelled) co_return failure(context, request, cancelled.error());
    co_return json_reply(200, upgrade_body(cancelled->upgrade, cancelled->timeline));
}

}  // namespace updraft::admin
