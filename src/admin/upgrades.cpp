#include "admin/upgrades.h"

#include "admin/answer.h"
#include "admin/holds.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"
#include "usecases/cancel_upgrade.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

void write_members(json::Writer& writer, upgrade::Upgrade const& shown,
                   std::optional<upgrade::Held> const& held) {
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
    writer.member("origin", word(shown.origin)).key("rolloutId").null();
    waiting_member(writer, held);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "startedAt", shown.started_at);
    time_member(writer, "finishedAt", shown.finished_at);
}

void write_upgrade(json::Writer& writer, upgrade::Upgrade const& shown) {
    writer.object();
    write_members(writer, shown, std::nullopt);
    writer.end();
}

// An upgrade that is shown alone.
struct Alone {
    upgrade::Upgrade upgrade;
    std::vector<TimelineEntry> timeline;
    std::optional<upgrade::Held> held;  // What it waits for.
};

std::string upgrade_body(Alone const& shown) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    write_members(writer, shown.upgrade, shown.held);
    writer.key("timeline").array();
    for (auto const& entry : shown.timeline) {
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

Result<UpgradeId> upgrade_id_in(Request const& request) {
    TRY_ASSIGN(auto const number, path_number(request, 0, "upgrade"));
    return UpgradeId{number};
}

Result<Alone> alone(Tx const& tx, Context const& context, UpgradeId id, Instant now) {
    Alone shown;
    auto const name = std::to_string(id.value);
    TRY_ASSIGN(shown.upgrade, existing(tx.upgrades().find(id), "upgrade", name));
    TRY_ASSIGN(shown.timeline, tx.timelines().of(id));
    TRY_ASSIGN(auto const held,
               upgrade::waiting_for(tx, context.means.upgrades, std::span(&shown.upgrade, 1), now));
    if (auto const found = held.find(id); found != held.end()) shown.held = found->second;
    return shown;
}

}  // namespace

Result<upgrade::Scope> read_scope(json::Object const& said) {
    TRY_ASSIGN(auto const text, json::text_member(said, "cancel"));
    if (!text) return upgrade::Scope::queued;
    auto const scope = value_in<upgrade::Scope>(upgrade::scope_words, *text);
    if (scope) return *scope;
    return fail(Errc::invalid, "cancel must be queued, not_started or all");
}

asio::awaitable<Reply> list_upgrades(Context& context, Request const& request) {
    auto filter = read_upgrade_filter(request);
    auto ask = read_page_ask(request, "upgrades");
    if (!ask) co_return failure(context, request, ask.error());
    // There are no rollouts, so no upgrade is of one.
    auto const none = text_parameter(request, "rolloutId").has_value();
    PageCalls<upgrade::Upgrade> calls;
    calls.read = [filter = std::move(filter), none](
                     Tx const& tx, PageAsk const& part) -> Result<Page<upgrade::Upgrade>> {
        if (none) return Page<upgrade::Upgrade>{};
        return tx.upgrade_lists().list(filter, part);
    };
    calls.write = write_upgrade;
    co_return co_await send_page(context, request, "upgrades", *std::move(ask), std::move(calls));
}

asio::awaitable<Reply> show_upgrade(Context& context, Request const& request) {
    auto const id = upgrade_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto show = [&context, id = *id, now = context.clock.now()](Tx const& tx) {
        return alone(tx, context, id, now);
    };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    co_return json_reply(200, upgrade_body(*found));
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
    auto cancel = [&context, actor, wanted, now](Tx& tx) -> Result<Alone> {
        TRY(usecases::cancel_upgrade(tx, context.means, actor, wanted, now));
        return alone(tx, context, wanted.id, now);
    };
    auto const cancelled = co_await http::on_store(context.store, std::move(cancel));
    if (!cancelled) co_return failure(context, request, cancelled.error());
    co_return json_reply(200, upgrade_body(*cancelled));
}

}  // namespace updraft::admin
