#include "admin/upgrades.h"

#include <map>

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "admin/show_order.h"
#include "http/on_store.h"
#include "ports/orders_table.h"
#include "ports/prefetch.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"
#include "usecases/cancel_upgrade.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

struct ShownUpgrade {
    upgrade::Upgrade upgrade;
    std::string_view origin;  // Who ordered it.
};

void write_members(json::Writer& writer, ShownUpgrade const& all) {
    auto const& shown = all.upgrade;
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
    writer.member("origin", all.origin);
    writer.key("rolloutId").null();
    writer.key("waitingFor").null();
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "startedAt", shown.started_at);
    time_member(writer, "finishedAt", shown.finished_at);
}

void write_upgrade(json::Writer& writer, ShownUpgrade const& shown) {
    writer.object();
    write_members(writer, shown);
    writer.end();
}

std::string upgrade_body(ShownUpgrade const& shown, std::vector<TimelineEntry> const& timeline) {
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

UpgradeFilter read_upgrade_filter(Request const& request) {
    UpgradeFilter filter;
    filter.did = name_parameter<Did>(request, "did");
    filter.model = name_parameter<ModelName>(request, "model");
    filter.state = word_parameter<upgrade::State>(request, "state", upgrade::state_words);
    filter.order_id = name_parameter<OrderId>(request, "orderId");
    filter.cause = word_parameter<upgrade::Cause>(request, "cause", upgrade::cause_words);
    if (auto const id = id_parameter(request, "firmwareId")) filter.release_id = ReleaseId{*id};
    filter.open_id = name_parameter<OpenId>(request, "openId");
    filter.since = time_parameter(request, "since");
    filter.until = time_parameter(request, "until");
    return filter;
}

// Adds who ordered each of them.
Result<std::vector<ShownUpgrade>> with_origins(Tx const& tx,
                                               std::vector<upgrade::Upgrade> upgrades) {
    for (auto const& one : upgrades) tx.prefetch().order(one.order_id);
    std::map<OrderId, std::string_view> origins;
    std::vector<ShownUpgrade> all;
    all.reserve(upgrades.size());
    for (auto& one : upgrades) {
        auto known = origins.find(one.order_id);
        if (known == origins.end()) {
            TRY_ASSIGN(auto const order, tx.orders().find(one.order_id));
            known = origins.emplace(one.order_id, origin_of(order)).first;
        }
        all.push_back({.upgrade = std::move(one), .origin = known->second});
    }
    return all;
}

Result<Page<ShownUpgrade>> page_of(Tx const& tx, UpgradeFilter const& filter, PageAsk const& ask) {
    TRY_ASSIGN(auto found, tx.upgrade_lists().list(filter, ask));
    Page<ShownUpgrade> page;
    TRY_ASSIGN(page.items, with_origins(tx, std::move(found.items)));
    page.next = std::move(found.next);
    page.looked = found.looked;
    return page;
}

Result<UpgradeId> upgrade_id_in(Request const& request) {
    TRY_ASSIGN(auto const number, path_number(request, 0, "upgrade"));
    return UpgradeId{number};
}

struct WithTimeline {
    ShownUpgrade shown;
    std::vector<TimelineEntry> timeline;
};

Result<WithTimeline> with_timeline(Tx const& tx, UpgradeId id) {
    TRY_ASSIGN(auto found, existing(tx.upgrades().find(id), "upgrade", std::to_string(id.value)));
    TRY_ASSIGN(auto timeline, tx.timelines().of(id));
    TRY_ASSIGN(auto all, with_origins(tx, {std::move(found)}));
    return WithTimeline{.shown = std::move(all.front()), .timeline = std::move(timeline)};
}

}  // namespace

asio::awaitable<Reply> list_upgrades(Context& context, Request const& request) {
    auto filter = read_upgrade_filter(request);
    auto ask = read_page_ask(request, "upgrades");
    if (!ask) co_return failure(context, request, ask.error());
    // There are no rollouts, so no upgrade is of one.
    auto const none = text_parameter(request, "rolloutId").has_value();
    PageCalls<ShownUpgrade> calls;
    calls.read = [filter = std::move(filter), none](
                     Tx const& tx, PageAsk const& part) -> Result<Page<ShownUpgrade>> {
        if (none) return Page<ShownUpgrade>{};
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
    co_return json_reply(200, upgrade_body(found->shown, found->timeline));
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
    co_return json_reply(200, upgrade_body(cancelled->shown, cancelled->timeline));
}

}  // namespace updraft::admin
