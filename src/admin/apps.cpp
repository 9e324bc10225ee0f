#include "admin/apps.h"

#include "access/app_keys.h"
#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/show_app.h"
#include "audit/record.h"
#include "http/on_store.h"
#include "ports/apps_table.h"
#include "push/push_url.h"
#include "push/receiver.h"
#include "usecases/change_app.h"
#include "usecases/remove_app.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

constexpr std::int64_t grace_seconds_max = 30 * 24 * 60 * 60;

struct NewApp {
    std::string name;
    std::optional<std::string> push_url;
    access::PushEvents push_events;
};

Result<std::optional<std::string>> read_url(json::Object const& said, Context const& context) {
    TRY_ASSIGN(auto const text, json::text_member(said, "pushUrl"));
    if (!text) return std::optional<std::string>{};
    auto const plain_http =
        context.settings.push_http_allowed ? push::PlainHttp::allowed : push::PlainHttp::refused;
    TRY_ASSIGN(auto url, push::read_push_url(*text, plain_http));
    return std::optional(std::move(url));
}

Result<NewApp> read_new_app(json::Object const& said, Context const& context) {
    NewApp wanted;
    TRY_ASSIGN(wanted.name, needed_title(said, "name"));
    TRY_ASSIGN(wanted.push_url, read_url(said, context));
    TRY_ASSIGN(wanted.push_events, read_push_events(said));
    return wanted;
}

Result<usecases::AppChange> read_change(json::Object const& said, AppId appid,
                                        Context const& context) {
    for (auto const* name : {"name", "disabled", "otaEnabled", "pushEvents"}) {
        TRY(refuse_null(said, name));
    }
    usecases::AppChange change;
    change.appid = std::move(appid);
    TRY_ASSIGN(change.name, optional_title(said, "name"));
    if (change.name && change.name->empty()) return fail(Errc::invalid, "name must not be empty");
    TRY_ASSIGN(change.disabled, json::truth_member(said, "disabled"));
    TRY_ASSIGN(change.ota_enabled, json::truth_member(said, "otaEnabled"));
    TRY_ASSIGN(auto url, read_url(said, context));
    if (url || given_null(said, "pushUrl")) change.push_url = std::move(url);
    TRY_ASSIGN(auto const* const events, json::array_member(said, "pushEvents"));
    if (events != nullptr) {
        TRY_ASSIGN(change.push_events, read_push_events(said));
    }
    return change;
}

std::string body_of_new(access::App const& app, access::AppKeys const& keys) {
    std::string body;
    json::Writer writer(body);
    writer.object()
        .member("appid", app.appid.value)
        .member("appkey", keys.appkey.reveal())
        .member("name", app.name)
        .member("pushUrl", app.push_url)
        .member("pushSecret", keys.push_secret.reveal())
        .member("pushState", word(app.push_state))
        .end();
    return body;
}

std::string body_of_keys(AppId const& appid, access::AppKeys const& keys) {
    std::string body;
    json::Writer writer(body);
    writer.object()
        .member("appid", appid.value)
        .member("appkey", keys.appkey.reveal())
        .member("pushSecret", keys.push_secret.reveal())
        .end();
    return body;
}

}  // namespace

asio::awaitable<Reply> create_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body) {
    auto wanted = read_new_app(body, context);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto made = access::new_app(wanted->name, context.id_source, context.seal, now);
    made.app.push_events = wanted->push_events;
    auto insert = [actor, app = made.app, url = wanted->push_url,
                   now](Tx& tx) -> Result<access::App> {
        auto stored = app;
        TRY(push::set_url(tx, stored, url, now));
        TRY(tx.apps().insert(stored));
        audit::Changes changes;
        changes.add("name", nullptr, stored.name)
            .add("pushUrl", nullptr, stored.push_url)
            .add_secret("appkey", false)
            .add_secret("pushSecret", false);
        TRY(audit::record(
            tx, actor,
            {.object_kind = "app", .object_id = stored.appid.value, .changes = std::move(changes)},
            now));
        return stored;
    };
    auto const stored = co_await http::on_store(context.store, std::move(insert));
    if (!stored) co_return failure(context, request, stored.error());
    co_return json_reply(201, body_of_new(*stored, made.keys));
}

asio::awaitable<Reply> list_apps(Context& context, Request const& request) {
    auto ask = read_page_ask(request, "apps");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [ask = *std::move(ask)](Tx const& tx) { return tx.apps().list(ask); };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    co_return page_reply(request, *page, "apps", write_app);
}

asio::awaitable<Reply> show_app(Context& context, Request const& request) {
    auto show = [appid = AppId{request.params[0]}](Tx const& tx) {
        return existing(tx.apps().find(appid), "app", appid.value);
    };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    co_return json_reply(200, body_of(**found));
}

asio::awaitable<Reply> change_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body) {
    auto wanted = read_change(body, AppId{request.params[0]}, context);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto change = [actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::change_app(tx, actor, wanted, now);
    };
    auto const changed = co_await http::on_store(context.store, std::move(change));
    if (!changed) co_return failure(context, request, changed.error());
    co_return json_reply(200, body_of(*changed));
}

asio::awaitable<Reply> remove_app(Context& context, Request const& request, Actor const& actor) {
    auto const now = context.clock.now();
    auto remove = [actor, appid = AppId{request.params[0]}, now](Tx& tx) {
        return usecases::remove_app(tx, actor, appid, now);
    };
    auto const removed = co_await http::on_store(context.store, std::move(remove));
    if (!removed) co_return failure(context, request, removed.error());
    co_return no_content();
}

asio::awaitable<Reply> rotate_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body) {
    auto const grace = whole_between(body, "graceSeconds", 0, grace_seconds_max);
    if (!grace) co_return failure(context, request, grace.error());
    auto const grace_time = Millis{std::chrono::seconds{grace->value_or(0)}};
    auto const now = context.clock.now();
    AppId const appid{request.params[0]};
    auto rotate = [&context, actor, appid, grace_time, now](Tx& tx) -> Result<access::AppKeys> {
        TRY_ASSIGN(auto const known, existing(tx.apps().find(appid), "app", appid.value));
        auto app = *known;
        auto keys = access::rotate(app, grace_time, context.id_source, context.seal, now);
        TRY(tx.apps().replace(app));
        audit::Changes changes;
        changes.add_secret("appkey").add_secret("pushSecret");
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(grace_time).count();
        auto effect = "the old keys work for another " + audit::counted(seconds, "second");
        TRY(audit::record(tx, actor,
                          {.object_kind = "app",
                           .object_id = appid.value,
                           .changes = std::move(changes),
                           .effect = std::move(effect)},
                          now));
        return keys;
    };
    auto const keys = co_await http::on_store(context.store, std::move(rotate));
    if (!keys) co_return failure(context, request, keys.error());
    co_return json_reply(200, body_of_keys(appid, *keys));
}

}  // namespace updraft::admin
