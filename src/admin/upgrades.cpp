#include "admin/upgrades.h"

#include "admin/answer.h"
#include "admin/holds.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/rollouts_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"
#include "usecases/cancel_upgrade.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

// An upgrade, with the rollout that started it.
struct OfRollout {
    upgrade::Upgrade upgrade;
    std::optional<RolloutId> rollout;
};

// Nothing for an upgrade that no rollout started.
Result<std::optional<RolloutId>> rollout_of(Tx const& tx, upgrade::Upgrade const& shown) {
    if (shown.origin != upgrade::Origin::rollout) return std::optional<RolloutId>{};
    TRY_ASSIGN(auto const places, tx.rollouts().places_of(shown.did));
    for (auto const& place : places) {
        if (place.upgrade == shown.id) return std::optional(place.rollout);
    }
    // It was tried again since.
    for (auto const& place : places) {
        TRY_ASSIGN(auto const rollout, tx.rollouts().find(place.rollout));
        if (rollout.release == shown.release_id) return std::optional(place.rollout);
    }
    return std::optional<RolloutId>{};
}

void write_members(json::Writer& writer, OfRollout const& of_rollout,
                   std::optional<upgrade::Held> const& held) {
    auto const& shown = of_rollout.upgrade;
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
    writer.member("origin", word(shown.origin));
    text_or_null(writer, "rolloutId",
                 of_rollout.rollout ? std::to_string(of_rollout.rollout->value) : std::string());
    waiting_member(writer, held);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "startedAt", shown.started_at);
    time_member(writer, "finishedAt", shown.finished_at);
}

void write_upgrade(json::Writer& writer, OfRollout const& shown) {
    writer.object();
    write_members(writer, shown, std::nullopt);
    writer.end();
}

// An upgrade that is shown alone.
struct Alone {
    OfRollout shown;
    std::vector<TimelineEntry> timeline;
    std::optional<upgrade::Held> held;  // What it waits for.
};

std::string upgrade_body(Alone const& shown) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    write_members(writer, shown.shown, shown.held);
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
    auto& found = shown.shown.upgrade;
    TRY_ASSIGN(found, existing(tx.upgrades().find(id), "upgrade", name));
    TRY_ASSIGN(shown.shown.rollout, rollout_of(tx, found));
    TRY_ASSIGN(shown.timeline, tx.timelines().of(id));
    TRY_ASSIGN(auto const held,
               upgrade::waiting_for(tx, context.means.upgrades, std::span(&found, 1), now));
    if (auto const own = held.find(id); own != held.end()) shown.held = own->second;
    return shown;
}

bool fits(upgrade::Upgrade const& one, UpgradeFilter const& filter) {
    auto const same = [](auto const& wanted, auto const& own) { return !wanted || own == *wanted; };
    return same(filter.did, one.did) && same(filter.model, one.model) &&
           same(filter.order_id, one.order_id) && same(filter.release_id, one.release_id) &&
           (!filter.open_id || one.open_id == filter.open_id) &&
           (!filter.cause || upgrade::word_of(one.cause) == word(*filter.cause)) &&
           (!filter.since || one.created_at >= *filter.since) &&
           (!filter.until || one.created_at < *filter.until);
}

// The last upgrade of each place of the rollout, in order of did.
Result<Page<OfRollout>> upgrades_of(Tx const& tx, RolloutId rollout, UpgradeFilter const& filter,
                                    PageAsk const& ask) {
    TRY_ASSIGN(auto page, tx.rollouts().places({.rollout = rollout, .state = filter.state}, ask));
    Page<OfRollout> shown{.items = {}, .next = std::move(page.next), .looked = page.looked};
    if (shown.looked == 0) shown.looked = std::ssize(page.items);
    for (auto& row : page.items) {
        if (!row.upgrade || !fits(*row.upgrade, filter)) continue;
        shown.items.push_back({.upgrade = *std::move(row.upgrade), .rollout = rollout});
    }
    return shown;
}

Result<Page<OfRollout>> all_upgrades(Tx const& tx, UpgradeFilter const& filter,
                                     PageAsk const& ask) {
    TRY_ASSIGN(auto page, tx.upgrade_lists().list(filter, ask));
    Page<OfRollout> shown{.items = {}, .next = std::move(page.next), .looked = page.looked};
    for (auto& one : page.items) {
        TRY_ASSIGN(auto const rollout, rollout_of(tx, one));
        shown.items.push_back({.upgrade = std::move(one), .rollout = rollout});
    }
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
    std::optional<RolloutId> rollout;
    if (auto const id = id_parameter(request, "rolloutId")) rollout = RolloutId{*id};
    PageCalls<OfRollout> calls;
    calls.read = [filter = std::move(filter), rollout](Tx const& tx, PageAsk const& part) {
        return rollout ? upgrades_of(tx, *rollout, filter, part) : all_upgrades(tx, filter, part);
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
