#include "openota/policy.h"

#include "fleet/ownership.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/listing.h"
#include "openota/reply.h"

namespace updraft::openota {
namespace {

// Rows of a part of the list.
constexpr std::int64_t policies_at_once = 200;

void append(std::string& out, policy::Shown const& shown) {
    out += ',';
    json::Writer(out)
        .object()
        .member("did", shown.did.value)
        .member("autoUpgrade", shown.policy.auto_upgrade)
        .member("upgradeHours", shown.policy.upgrade_hours)
        .member("timeZone", shown.policy.time_zone)
        .member("source", word(shown.policy.source))
        .end();
}

Result<Stretch> devices_after(Tx const& tx, std::string_view zone, OpenId const& open_id,
                              Did const& after) {
    TRY_ASSIGN(auto const some, policy::show_devices(tx, open_id, after, policies_at_once, zone));
    Stretch stretch;
    for (auto const& one : some) append(stretch.text, one);
    if (std::ssize(some) == policies_at_once) {
        stretch.next = [zone, open_id, last = some.back().did](Tx const& later) {
            return devices_after(later, zone, open_id, last);
        };
    }
    return stretch;
}

Result<Stretch> answer_query(Tx const& tx, CallHeaders& headers, Result<PolicyAsk> const& ask,
                             std::string_view zone) {
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    if (ask->did) TRY(fleet::owned(tx, caller.open_id, *ask->did));
    TRY_ASSIGN(auto const first,
               policy::show_one(tx, caller.open_id, ask->did.value_or(Did{}), zone));
    Stretch stretch;
    if (!ask->did) {
        TRY_ASSIGN(stretch, devices_after(tx, zone, caller.open_id, Did{}));
    }
    std::string text;
    append(text, first);
    stretch.text.insert(0, text);
    return stretch;
}

}  // namespace

http::asio::awaitable<http::Reply> query_policy(Context& context, http::Request const& request) {
    auto body = [headers = read_call_headers(context, request), ask = read_policy_ask(request.body),
                 zone = context.means.time_zone](Tx const& tx) mutable {
        return answer_query(tx, headers, ask, zone);
    };
    auto first = co_await http::on_store(context.store, std::move(body));
    if (!first) co_return failure(context, request, first.error());
    co_return list_reply(context, request, *std::move(first));
}

// The caller is checked in a read, so that refused calls do not use the writer.
http::asio::awaitable<http::Reply> set_policy(Context& context, http::Request const& request) {
    auto wanted = read_set_policy_ask(request.body, context.means.zones);
    auto ask = [headers = read_call_headers(context, request), wanted](Tx const& tx) mutable {
        return admit(tx, headers, wanted);
    };
    auto const caller = co_await http::on_store(context.store, std::move(ask));
    if (!caller) co_return failure(context, request, caller.error());
    auto set = [open_id = caller->open_id, wanted = *std::move(wanted),
                now = context.clock.now()](Tx& tx) -> Result<bool> {
        if (wanted.did) TRY(fleet::owned(tx, open_id, *wanted.did));
        TRY(policy::set(tx, open_id, wanted.did.value_or(Did{}), wanted.change, now));
        return true;
    };
    auto const done = co_await http::on_store(context.store, std::move(set));
    if (!done) co_return failure(context, request, done.error());
    co_return success_text("ok");
}

}  // namespace updraft::openota
