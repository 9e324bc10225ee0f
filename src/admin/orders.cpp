#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/upgrades.h"
#include "http/on_store.h"
#include "usecases/order_devices.h"

namespace updraft::admin {
namespace {

constexpr std::size_t order_dids_max = 1000;

// The code of the open API (docs/open-api.md#codes), which is also used for the refused devices of
// an operator's order.
int open_code(Errc code) {
    switch (code) {
        case Errc::not_found:
        case Errc::not_bound:
            return 604;
        case Errc::nothing_to_upgrade:
            return 901;
        case Errc::not_upgradable:
            return 912;
        case Errc::busy:
        case Errc::conflict:
            return 104;
        default:
            return 302;
    }
}

Result<upgrade::OperatorOrder> read_order(json::Object const& said) {
    upgrade::OperatorOrder wanted;
    TRY_ASSIGN(auto dids, names_to_find(said, "dids", order_dids_max));
    if (dids.empty()) return fail(Errc::invalid, "dids must name at least one device");
    for (auto& did : dids) wanted.dids.push_back({std::move(did)});
    TRY_ASSIGN(wanted.release, optional_release_id(said, "firmwareId"));
    TRY_ASSIGN(auto const allow_older, json::truth_member(said, "allowOlder"));
    wanted.allow_older = allow_older.value_or(false);
    if (wanted.allow_older && !wanted.release) {
        return fail(Errc::invalid, "allowOlder needs firmwareId");
    }
    TRY_ASSIGN(auto const force, json::truth_member(said, "force"));
    wanted.forced = force.value_or(false);
    TRY_ASSIGN(auto const through, json::truth_member(said, "through"));
    if (!through.value_or(false)) return wanted;
    if (wanted.release) return fail(Errc::invalid, "through goes without firmwareId");
    wanted.step_mode = upgrade::StepMode::all_steps;
    return wanted;
}

std::string outcome_body(upgrade::OrderOutcome const& outcome) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("orderId", outcome.order_id.value).member("started", outcome.started);
    writer.key("refused").array();
    for (auto const& refusal : outcome.refused) {
        writer.object()
            .member("did", refusal.did.value)
            .member("code", open_code(refusal.code))
            .member("detail", refusal.detail)
            .end();
    }
    writer.end().end();
    return body;
}

// Each part is a transaction, so that other writes can run between the parts.
asio::awaitable<Result<upgrade::Stopped>> stop_order(Context& context, Actor actor,
                                                     usecases::OrderToCancel wanted) {
    while (true) {
        auto stop = [&context, actor, wanted, now = context.clock.now()](Tx& tx) {
            return usecases::cancel_order(tx, context.means, actor, wanted, now);
        };
        auto const part = co_await http::on_store(context.store, std::move(stop));
        if (!part) co_return pass(part);
        wanted.before.add(part->stopped);
        if (!part->next) co_return wanted.before;
        wanted.after = *part->next;
    }
}

// What the body asks for may need more than the route's own role.
Result<void> check_role(Actor const& actor, upgrade::OperatorOrder const& wanted) {
    if (wanted.allow_older) TRY(access::needs(actor, access::Role::releaser, "allowOlder"));
    if (wanted.forced) TRY(access::needs(actor, access::Role::releaser, "force"));
    return {};
}

}  // namespace

asio::awaitable<Reply> cancel_order(Context& context, Request const& request, Actor const& actor,
                                    json::Object body) {
    auto order_id = path_name<OrderId>(request, 0, "orderId");
    if (!order_id) co_return failure(context, request, order_id.error());
    auto const scope = read_scope(body);
    if (!scope) co_return failure(context, request, scope.error());
    usecases::OrderToCancel wanted{.order_id = *std::move(order_id), .scope = *scope};
    auto const stopped = co_await stop_order(context, actor, std::move(wanted));
    if (!stopped) co_return failure(context, request, stopped.error());
    std::string shown;
    json::Writer writer(shown);
    writer.object().member("ended", stopped->ended).member("asked", stopped->asked).end();
    co_return json_reply(200, std::move(shown));
}

asio::awaitable<Reply> create_order(Context& context, Request const& request, Actor const& actor,
                                    json::Object body) {
    auto wanted = read_order(body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const allowed = check_role(actor, *wanted);
    if (!allowed) co_return failure(context, request, allowed.error());
    auto const now = context.clock.now();
    auto order = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::order_devices(tx, context.means, actor, wanted, now);
    };
    auto const outcome = co_await http::on_store(context.store, std::move(order));
    if (!outcome) co_return failure(context, request, outcome.error());
    co_return json_reply(201, outcome_body(*outcome));
}

}  // namespace updraft::admin
