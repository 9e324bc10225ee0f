#include "admin/push_test.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/show_attempt.h"
#include "audit/record.h"
#include "http/await_callback.h"
#include "http/on_store.h"
#include "ports/apps_table.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

using http::Reply;
using http::Request;

Result<push::MsgType> read_type(json::Object const& said) {
    TRY_ASSIGN(auto const text, json::text_member(said, "msgType"));
    if (!text) return fail(Errc::invalid, "msgType is missing");
    auto const type = value_in<push::MsgType>(push::msg_type_wire_words, *text);
    if (type) return *type;
    std::string words;
    for (auto const word : push::msg_type_wire_words) {
        words += (words.empty() ? "" : ", ") + std::string(word);
    }
    return fail(Errc::invalid, "msgType must be one of " + words);
}

// The app whose URL is tried, and a row of the audit that it is. A URL that is not verified may be
// tried; a suspended one may not, since its receiver asked for no more messages or answers none.
Result<std::shared_ptr<access::App const>> to_try(Tx& tx, Actor const& actor, AppId const& appid,
                                                  Result<push::MsgType> const& type, Instant now) {
    TRY_ASSIGN(auto app, existing(tx.apps().find(appid), "app", appid.value));
    if (!type) return pass(type);
    if (!app->push_url) return fail(Errc::conflict, "the app has no pushUrl");
    if (app->push_state == access::PushState::suspended) {
        return fail(Errc::conflict,
                    "the push URL is suspended: POST …/push/verify ends the suspension");
    }
    auto effect = "an example of " + std::string(push::wire_word(*type)) + " is sent";
    TRY(audit::record(tx, actor,
                      {.object_kind = "app", .object_id = appid.value, .effect = std::move(effect)},
                      now));
    return app;
}

using Tried = Result<push::Attempt>;

http::asio::awaitable<Tried> tried(Context& context, std::shared_ptr<access::App const> app,
                                   push::MsgType type) {
    auto const now = context.clock.now();
    return http::await_callback<Tried>(
        [&trial = context.trial, app = std::move(app), type, now](auto callback) {
            trial.send(*app, type, now, std::move(callback));
        });
}

}  // namespace

http::asio::awaitable<Reply> test_push(Context& context, Request const& request, Actor const& actor,
                                       json::Object body) {
    auto const type = read_type(body);
    auto const now = context.clock.now();
    auto begin = [actor, appid = AppId{request.params[0]}, type, now](Tx& tx) {
        return to_try(tx, actor, appid, type, now);
    };
    // The act is recorded before it is done: a receiver may take its time.
    auto app = co_await http::on_store(context.store, std::move(begin));
    if (!app) co_return failure(context, request, app.error());
    auto found = *std::move(app);
    auto const attempt = co_await tried(context, std::move(found), *type);
    if (!attempt) co_return failure(context, request, attempt.error());
    std::string text;
    json::Writer writer(text);
    writer.object().member("acknowledged", !attempt->fault);
    write_attempt_members(writer, *attempt);
    writer.end();
    co_return json_reply(200, std::move(text));
}

}  // namespace updraft::admin
