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

http::Reply order_reply(Door& door, http::Request const& request, Result<OrderId> const& order) {
    if (!order) return failure(door, request, order.error());
    return success_text(order->value);
}

// What a user wants of one device and is answered with an order.
using DeviceVerb = Result<OrderId> (*)(Tx&, upgrade::Means const&, upgrade::Orderer const&,
                                       Did const&, Instant);

http::asio::awaitable<http::Reply> on_one_device(Door& door, http::Request const& request,
                                                 DeviceVerb verb) {
    auto const wanted = read_device_ask(request.body);
    auto ask = asking(door, request, wanted);
    auto const caller = co_await http::on_store(door.store, std::move(ask));
    if (!caller) co_return failure(door, request, caller.error());

    auto body = [verb, &means = door.means, who = orderer(*caller), did = wanted->did,
                 now = door.clock.now()](Tx& tx) { return verb(tx, means, who, did, now); };
    auto const order = co_await http::on_store(door.store, std::move(body));
    co_return order_reply(door, request, order);
}

}  // namespace

http::asio::awaitable<http::Reply> order_all(Door& door, http::Request const& request) {
    auto ask = asking(door, request, read_user_ask(request.body));
    auto const caller = co_await http::on_store(door.store, std::move(ask));
    if (!caller) co_return failure(door, request, caller.error());

    auto body = [&means = door.means, who = orderer(*caller), now = door.clock.now()](Tx& tx) {
        return upgrade::order_all(tx, means, who, now);
    };
    auto const order = co_await http::on_store(door.store, std::move(body));
    co_return order_reply(door, request, order);
}

http::asio::awaitable<http::Reply> order_one(Door& door, http::Request const& request) {
    return on_one_device(door, request, upgrade::order_one);
}

http::asio::awaitable<http::Reply> cancel(Door& door, http::Request const& request) {
    return on_one_device(door, request, upgrade::cancel_own);
}

}  // namespace updraft::openota
