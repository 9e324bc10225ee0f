#include "openota/order.h"

#include "http/on_store.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/reply.h"
#include "upgrade/cancel.h"
#include "upgrade/order.h"
#include "upgrade/order_all.h"

namespace updraft::openota {
namespace {

// A read for on_store() that checks the caller. It is separate from the write, so that refused
// calls do not use the writer.
template <class Ask>
auto asking_caller(Context const& context, http::Request const& request, Result<Ask> ask) {
    return [headers = read_call_headers(context, request),
            ask = std::move(ask)](Tx const& tx) mutable { return admit(tx, headers, ask); };
}

upgrade::Orderer orderer(access::Caller const& caller) {
    return {.appid = caller.appid, .open_id = caller.open_id};
}

// The caller, or the error to answer.
template <class Ask>
http::asio::awaitable<Result<access::Caller>> admitted(Context& context,
                                                       http::Request const& request,
                                                       Result<Ask> const& wanted) {
    auto ask = asking_caller(context, request, wanted);
    co_return co_await http::on_store(context.store, std::move(ask));
}

// One of the two functions below; they answer an order id.
template <class Ask>
using Verb = Result<OrderId> (*)(Tx&, upgrade::Means const&, upgrade::Orderer const&, Ask const&,
                                 Instant);

template <class Ask>
http::asio::awaitable<http::Reply> carry_out(Context& context, http::Request const& request,
                                             Result<Ask> wanted, Verb<Ask> verb) {
    auto const caller = co_await admitted(context, request, wanted);
    if (!caller) co_return failure(context, request, caller.error());

    auto body = [verb, &means = context.means, who = orderer(*caller), wanted = *std::move(wanted),
                 now = context.clock.now()](Tx& tx) { return verb(tx, means, who, wanted, now); };
    auto const order = co_await http::on_store(context.store, std::move(body));
    if (!order) co_return failure(context, request, order.error());
    co_return success_text(order->value);
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

// Each part is a transaction, so that other writes can run between the parts. The answer is sent
// when all parts are durable.
http::asio::awaitable<http::Reply> order_all(Context& context, http::Request const& request) {
    using Then = upgrade::OrderPart::Then;
    auto const wanted = read_order_all_ask(request.body);
    auto const caller = co_await admitted(context, request, wanted);
    if (!caller) co_return failure(context, request, caller.error());

    auto const who = orderer(*caller);
    Result<upgrade::OrderPart> part = upgrade::OrderPart{.order_id = {}, .then = Then::again};
    while (part && (part->then == Then::more || part->then == Then::again)) {
        auto next = [&means = context.means, who, step_mode = wanted->step_mode, last = *part,
                     now = context.clock.now()](Tx& tx) {
            if (last.then == Then::again) {
                return upgrade::order_all(tx, means, who, step_mode, now);
            }
            return upgrade::order_more(tx, means, who, last.order_id, now);
        };
        part = co_await http::on_store(context.store, std::move(next));
    }
    if (part && part->then == Then::nothing) {
        part = fail(Errc::nothing_to_upgrade, "there is no firmware to upgrade any device to");
    }
    if (part && part->then == Then::refused) part = fail(part->refusal);
    if (!part) co_return failure(context, request, part.error());
    co_return success_text(part->order_id.value);
}

http::asio::awaitable<http::Reply> order_one(Context& context, http::Request const& request) {
    return carry_out<OrderOneAsk>(context, request, read_order_one_ask(request.body), one);
}

http::asio::awaitable<http::Reply> cancel(Context& context, http::Request const& request) {
    return carry_out<DeviceAsk>(context, request, read_device_ask(request.body), stop);
}

}  // namespace updraft::openota
