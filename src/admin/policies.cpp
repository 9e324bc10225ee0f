#include "admin/policies.h"

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "policy/wish.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "usecases/set_policy.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

// Devices with a policy of their own that are shown with their user's.
constexpr std::int64_t shown_devices_max = 10'000;

using AllShown = std::vector<policy::Shown>;

std::string policies_body(AllShown const& all) {
    std::string body;
    json::Writer writer(body);
    writer.array();
    for (auto const& one : all) {
        writer.object()
            .member("did", one.did.value)
            .member("autoUpgrade", one.policy.auto_upgrade)
            .member("upgradeHours", one.policy.upgrade_hours)
            .member("timeZone", one.policy.time_zone)
            .member("source", word(one.policy.source))
            .end();
    }
    writer.end();
    return body;
}

Result<policy::Change> read_policy_change(json::Object const& said, TimeZones const& zones) {
    policy::Change change;
    TRY_ASSIGN(change.auto_upgrade, json::text_member(said, "autoUpgrade"));
    TRY_ASSIGN(change.upgrade_hours, json::text_member(said, "upgradeHours"));
    TRY_ASSIGN(change.time_zone, json::text_member(said, "timeZone"));
    TRY(policy::check(change, zones));
    return change;
}

Reply policies_reply(Context const& context, Request const& request, Result<AllShown> const& all) {
    if (!all) return failure(context, request, all.error());
    return json_reply(200, policies_body(*all));
}

// As the open API answers, without its envelope.
Reply ok_reply(Context const& context, Request const& request, Result<bool> const& done) {
    if (!done) return failure(context, request, done.error());
    return json_reply(200, "\"ok\"");
}

}  // namespace

asio::awaitable<Reply> show_device_policy(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto show = [did = *std::move(did),
                 zone = context.means.upgrades.time_zone](Tx const& tx) -> Result<AllShown> {
        TRY_ASSIGN(auto const device, existing(tx.devices().find(did), "device", did.value));
        TRY_ASSIGN(auto one, policy::show_one(tx, device.open_id.value_or(OpenId{}), did, zone));
        return AllShown{std::move(one)};
    };
    auto const all = co_await http::on_store(context.store, std::move(show));
    co_return policies_reply(context, request, all);
}

asio::awaitable<Reply> set_device_policy(Context& context, Request const& request,
                                         Actor const& actor, json::Object body) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto change = read_policy_change(body, context.means.upgrades.zones);
    if (!change) co_return failure(context, request, change.error());
    auto set = [actor, did = *std::move(did), change = *std::move(change),
                now = context.clock.now()](Tx& tx) -> Result<bool> {
        TRY(usecases::set_device_policy(tx, actor, did, change, now));
        return true;
    };
    auto const done = co_await http::on_store(context.store, std::move(set));
    co_return ok_reply(context, request, done);
}

asio::awaitable<Reply> show_user_policy(Context& context, Request const& request) {
    auto open_id = path_name<OpenId>(request, 0, "openId");
    if (!open_id) co_return failure(context, request, open_id.error());
    auto show = [open_id = *std::move(open_id),
                 zone = context.means.upgrades.time_zone](Tx const& tx) -> Result<AllShown> {
        TRY(existing(tx.grants().user(open_id), "user", open_id.value));
        TRY_ASSIGN(auto first, policy::show_one(tx, open_id, Did{}, zone));
        TRY_ASSIGN(auto all, policy::show_devices(tx, open_id, Did{}, shown_devices_max, zone));
        all.insert(all.begin(), std::move(first));
        return all;
    };
    auto const all = co_await http::on_store(context.store, std::move(show));
    co_return policies_reply(context, request, all);
}

asio::awaitable<Reply> set_user_policy(Context& context, Request const& request, Actor const& actor,
                                       json::Object body) {
    auto open_id = path_name<OpenId>(request, 0, "openId");
    if (!open_id) co_return failure(context, request, open_id.error());
    auto change = read_policy_change(body, context.means.upgrades.zones);
    if (!change) co_return failure(context, request, change.error());
    auto set = [actor, open_id = *std::move(open_id), change = *std::move(change),
                now = context.clock.now()](Tx& tx) -> Result<bool> {
        TRY(usecases::set_user_policy(tx, actor, open_id, change, now));
        return true;
    };
    auto const done = co_await http::on_store(context.store, std::move(set));
    co_return ok_reply(context, request, done);
}

}  // namespace updraft::admin
