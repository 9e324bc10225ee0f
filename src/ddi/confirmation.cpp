#include "ddi/confirmation.h"

#include "ddi/identify.h"
#include "ddi/reply.h"
#include "http/on_store.h"
#include "json/writer.h"

namespace updraft::ddi {
namespace {

http::asio::awaitable<Result<void>> recognise(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return pass(call);
    auto look = [call = *call](Tx const& tx) { return recognised(tx, call); };
    auto device = co_await http::on_store(context.store, std::move(look));
    if (!device) co_return pass(device);
    context.signs.heard(call->did, context.clock.now());
    co_return Result<void>{};
}

}  // namespace

http::asio::awaitable<http::Reply> confirmation_base(Context& context,
                                                     http::Request const& request) {
    auto known = co_await recognise(context, request);
    if (!known) co_return refusal(known.error());
    std::string body;
    json::Writer writer(body);
    writer.object().key("autoConfirm").object().member("active", true).end();
    writer.key("_links").object().end().end();
    co_return answer(request, std::move(body));
}

http::asio::awaitable<http::Reply> confirmation(Context& context, http::Request const& request) {
    auto known = co_await recognise(context, request);
    if (!known) co_return refusal(known.error());
    Error const none{Errc::not_found, "no action of this device waits to be confirmed"};
    co_return refusal(none);
}

http::asio::awaitable<http::Reply> auto_confirm(Context& context, http::Request const& request) {
    auto known = co_await recognise(context, request);
    if (!known) co_return refusal(known.error());
    co_return done();
}

}  // namespace updraft::ddi
