#include "openota/order.h"

#include "http/on_store.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/reply.h"
#include "upgrade/cancel.h"
#include "upgrade/order.h"

namespace updraft::openota {
namespace {

// Who calls is found out in a read, so that only those who may order stand in the writer's queue.
template <class Ask>
auto asking(Door const& door, http::Request const& request, Result<Ask> ask) {
    return [knock = read_knock(door, request), ask = std::move(ask)](Tx const& tx) mutable {
        return admit(tx, knock, ask);
    };
}

upgrade::Orderer orderer(access::Caller const& caller) {
    return {.appid = caller.appid, .open_id = caller.open_id};
}

// One of the verbs below, which all answer with an order.
template <class Ask>
using Verb = Result<OrderId> (*)(Tx&, upgrade::Means const&, upgrade::Orderer const&, Ask const&,
                                 Instant);

template <class Ask>
http::asio::awaitable<http::Reply> carry_out(Door& door, http::Request const& request,
                                             Result<Ask> wanted, Verb<Ask> verb) {
    auto ask = asking(door, request, wanted);
    auto const caller = co_await http::on_store(door.store, std::move(ask));
    if (!caller) co_return failure(door, request, caller.error());

    auto body = [verb, &means = door.means, who = orderer(*caller), wanted = *std::move(wanted),
                 now = door.clock.now()](Tx& tx) { return verb(tx, means, who, wanted, now); };
    auto const order = co_await http::on_store(door.store, std::move(body));
    if (!order) co_return failure(door, request, order.error());
    co_return success_text(order->value);
}

Result<OrderId> all(Tx& tx, upgrade::Means const& means, upgrade::Orderer const& who,
                    OrderAllAsk const& wanted, Instant now) {
    return upgrade::order_all(tx, means, who, wanted.reach, now);
}

Result<OrderId> one(Tx& tx, upgrade::Means const& means, upgrade::Orderer const& who,
                    OrderOneAsk const& wanted, Instant now) {
    return upgrade::order_one(tx, means, who, wanted.order, now);
}

Result<OrderId> stop(Tx& tx, upgrade::Means const& means, upgrade::Orderer const& who,
                     DeviceAsk const& wanted, Instant now) {
    return upgrade::cancel_own(tx, means, who, wanted.did, now);
}

}  // namespace

http::asio::awaitable<http::Reply> order_all(Door& door, http::Request const& request) {
    return carry_out<OrderAllAsk>(door, request, read_order_all_ask(request.body), all);
}

http::asio::awaitable<http::Reply> order_one(Door& door, http::Request const& request) {
    return carry_out<OrderOneAsk>(door, request, read_order_one_ask(request.body), one);
}

http::asio::awaitable<http::Reply> cancel(Door& door, http::Request const& request) {
    return carry_out<DeviceAsk>(door, request, read_device_ask(request.body), stop);
}

}  // namespace updraft::openota
