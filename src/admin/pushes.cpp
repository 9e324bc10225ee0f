#include "admin/pushes.h"

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "admin/show_attempt.h"
#include "audit/record.h"
#include "http/await_callback.h"
#include "http/on_store.h"
#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "push/message.h"
#include "push/replay.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

void write_members(json::Writer& writer, push::Delivery const& shown) {
    writer.member("webhookId", shown.webhook_id.value)
        .member("appid", shown.appid.value)
        .member("did", shown.did.value)
        .member("msgType", push::wire_word(shown.type))
        .member("state", push::word(shown.state))
        .member("attempts", shown.attempts);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "nextAttemptAt", shown.next_attempt_at);
    time_member(writer, "deliveredAt", shown.delivered_at);
}

void write_push(json::Writer& writer, push::Delivery const& shown) {
    writer.object();
    write_members(writer, shown);
    writer.end();
}

struct WithAttempts {
    push::Delivery delivery;
    std::vector<push::Attempt> attempts;
};

std::string push_body(WithAttempts const& shown) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    write_members(writer, shown.delivery);
    writer.member("body", shown.delivery.body);
    writer.key("attemptLog").array();
    for (auto const& attempt : shown.attempts) {
        writer.object();
        time_member(writer, "at", attempt.at);
        write_attempt_members(writer, attempt);
        writer.end();
    }
    writer.end().end();
    return body;
}

Result<WithAttempts> with_attempts(Tx const& tx, WebhookId const& id) {
    TRY_ASSIGN(auto found, existing(tx.deliveries().find(id), "push", id.value));
    TRY_ASSIGN(auto attempts, tx.deliveries().attempts(id));
    return WithAttempts{.delivery = std::move(found), .attempts = std::move(attempts)};
}

DeliveryFilter read_push_filter(Request const& request) {
    return {
        .appid = name_parameter<AppId>(request, "appid"),
        .did = name_parameter<Did>(request, "did"),
        .state = word_parameter<push::DeliveryState>(request, "state", push::delivery_state_words),
        .type = word_parameter<push::MsgType>(request, "msgType", push::msg_type_wire_words),
        .since = time_parameter(request, "since"),
        .until = time_parameter(request, "until")};
}

Result<Instant> read_time(json::Object const& said, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(said, name));
    if (!text) return fail(Errc::invalid, std::string(name) + " is missing");
    auto const at = read_rfc3339(*text);
    if (!at) return fail(Errc::invalid, std::string(name) + " must be a time as in RFC 3339");
    return *at;
}

Result<push::ReplayRange> read_range(json::Object const& said, AppId appid) {
    push::ReplayRange range;
    range.appid = std::move(appid);
    TRY_ASSIGN(range.since, read_time(said, "since"));
    TRY_ASSIGN(range.until, read_time(said, "until"));
    if (range.until < range.since) return fail(Errc::invalid, "until is before since");
    return range;
}

Result<void> check_app(Tx const& tx, AppId const& appid) {
    TRY(existing(tx.apps().find(appid), "app", appid.value));
    return {};
}

Result<void> record_replay(Tx& tx, Actor const& actor, AppId const& appid, std::string effect,
                           Instant now) {
    return audit::record(
        tx, actor, {.object_kind = "app", .object_id = appid.value, .effect = std::move(effect)},
        now);
}

using Verified = Result<push::Verdict>;

// The dispatcher answers on its own thread; the coroutine continues on its connection's thread.
asio::awaitable<Verified> verified(push::Dispatch& dispatch, AppId appid, Actor actor) {
    return http::await_callback<Verified>(
        [&dispatch, appid = std::move(appid), actor = std::move(actor)](auto callback) mutable {
            dispatch.verify_now(std::move(appid), std::move(callback), std::move(actor));
        });
}

}  // namespace

asio::awaitable<Reply> list_pushes(Context& context, Request const& request) {
    auto filter = read_push_filter(request);
    auto ask = read_page_ask(request, "pushes");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [filter = std::move(filter), ask = *std::move(ask)](Tx const& tx) {
        return tx.deliveries().list(filter, ask);
    };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    co_return page_reply(request, *page, "pushes", write_push);
}

asio::awaitable<Reply> show_push(Context& context, Request const& request) {
    auto show = [id = WebhookId{request.params[0]}](Tx const& tx) { return with_attempts(tx, id); };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    co_return json_reply(200, push_body(*found));
}

asio::awaitable<Reply> replay_push(Context& context, Request const& request, Actor const& actor,
                                   json::Object) {
    auto const now = context.clock.now();
    auto replay = [actor, id = WebhookId{request.params[0]}, now](Tx& tx) -> Result<WithAttempts> {
        TRY(existing(push::replay(tx, id, now), "push", id.value));
        TRY(audit::record(tx, actor,
                          {.object_kind = "push",
                           .object_id = id.value,
                           .effect = "the message waits to be sent again"},
                          now));
        return with_attempts(tx, id);
    };
    auto const replayed = co_await http::on_store(context.store, std::move(replay));
    if (!replayed) co_return failure(context, request, replayed.error());
    co_return json_reply(202, push_body(*replayed));
}

asio::awaitable<Reply> replay_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body) {
    AppId const appid{request.params[0]};
    auto check = [appid](Tx const& tx) { return check_app(tx, appid); };
    auto const known = co_await http::on_store(context.store, std::move(check));
    if (!known) co_return failure(context, request, known.error());
    auto const range = read_range(body, appid);
    if (!range) co_return failure(context, request, range.error());

    auto const now = context.clock.now();
    std::int64_t count = 0;
    std::optional<WebhookId> after;
    do {
        auto step = [actor, range = *range, after, count, now](Tx& tx) -> Result<push::Replayed> {
            TRY_ASSIGN(auto part, push::replay_range(tx, range, after, now));
            if (part.last) return part;
            auto effect = audit::counted(count + part.count, "message") + " replayed";
            TRY(record_replay(tx, actor, range.appid, std::move(effect), now));
            return part;
        };
        auto replayed = co_await http::on_store(context.store, std::move(step));
        if (!replayed) {
            // Earlier steps have replayed messages.
            auto break_off = [actor, appid, count, now](Tx& tx) {
                auto effect = "broken off: " + audit::counted(count, "message") + " replayed";
                return record_replay(tx, actor, appid, std::move(effect), now);
            };
            if (count > 0) {
                static_cast<void>(co_await http::on_store(context.store, std::move(break_off)));
            }
            co_return failure(context, request, replayed.error());
        }
        count += replayed->count;
        after = std::move(replayed->last);
    } while (after);
    std::string text;
    json::Writer writer(text);
    writer.object().member("replayed", count).end();
    co_return json_reply(202, std::move(text));
}

asio::awaitable<Reply> verify_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object) {
    AppId const appid{request.params[0]};
    auto check = [appid](Tx const& tx) { return check_app(tx, appid); };
    auto const known = co_await http::on_store(context.store, std::move(check));
    if (!known) co_return failure(context, request, known.error());
    auto asked = appid;
    auto by = actor;
    auto const verdict = co_await verified(context.dispatch, std::move(asked), std::move(by));
    if (!verdict) co_return failure(context, request, verdict.error());
    std::string text;
    json::Writer writer(text);
    writer.object().member("pushState", verdict->verified ? "verified" : "failed");
    if (!verdict->detail.empty()) writer.member("detail", verdict->detail);
    writer.end();
    co_return json_reply(200, std::move(text));
}

}  // namespace updraft::admin
