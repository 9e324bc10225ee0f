#include "admin/upgrades.h"

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/cancel.h"

namespace updraft::admin {
namespace {

// Looks of a bounded size that one page may take, where a filter finds little.
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

std::string body_of(upgrade::Upgrade const& shown, std::vector<TimelineEntry> const& timeline) {
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

Result<UpgradeFilter> read_filter(Request const& request) {
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

// The table looks at a bounded number of rows at a time; a page asks it until there is something to
// show.
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

Result<UpgradeId> id_in(Request const& request) {
    TRY_ASSIGN(auto const number, path_number(request, 0, "upgrade"));
    return UpgradeId{number};
}

struct WithTimeline {
    upgrade::Upgrade upgrade;
    std::vector<TimelineEntry> timeline;
};

Result<WithTimeline> with_timeline(Tx const& tx, UpgradeId id) {
    auto found = tx.upgrades().find(id);
    if (!found && found.error().code == Errc::not_found) {
        return fail(Errc::not_found, "there is no upgrade " + std::to_string(id.value));
    }
    if (!found) return pass(found);
    TRY_ASSIGN(auto timeline, tx.timelines().of(id));
    return WithTimeline{.upgrade = *std::move(found), .timeline = std::move(timeline)};
}

}  // namespace

asio::awaitable<Reply> list_upgrades(Context& context, Request const& request) {
    auto filter = read_filter(request);
    if (!filter) co_return problem(filter.error());
    auto ask = read_page_ask(request, "upgrades");
    if (!ask) co_return problem(ask.error());
    auto list = [filter = *std::move(filter), ask = *std::move(ask)](Tx const& tx) {
        return page_of(tx, filter, ask);
    };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return problem(page.error());
    co_return page_reply(*page, "upgrades", write_upgrade);
}

asio::awaitable<Reply> show_upgrade(Context& context, Request const& request) {
    auto const id = id_in(request);
    if (!id) co_return problem(id.error());
    auto show = [id = *id](Tx const& tx) { return with_timeline(tx, id); };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return problem(found.error());
    co_return json_reply(200, body_of(found->upgrade, found->timeline));
}

asio::awaitable<Reply> cancel_upgrade(Context& context, Request const& request, json::Object body) {
    auto const id = id_in(request);
    if (!id) co_return problem(id.error());
    auto const forced = json::truth_member(body, "force");
    if (!forced) co_return problem(forced.error());
    auto const force =
        forced->value_or(false) ? upgrade::Force::end_at_once : upgrade::Force::ask_the_device;
    auto const now = context.clock.now();
    auto cancel = [&context, id = *id, force, now](Tx& tx) -> Result<WithTimeline> {
        TRY(with_timeline(tx, id));  // For its words, should it not be there.
        TRY(upgrade::cancel_by_operator(tx, context.means, id, force, now));
        return with_timeline(tx, id);
    };
    auto const cancelled = co_await http::on_store(context.store, std::move(cancel));
    if (!cancelled) co_return problem(cancelled.error());
    co_return json_reply(200, body_of(cancelled->upgrade, cancelled->timeline));
}

}  // namespace updraft::admin
