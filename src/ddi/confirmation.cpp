#include "ddi/confirmation.h"

#include "ddi/identify.h"
#include "ddi/reply.h"
#include "json/writer.h"

namespace updraft::ddi {
namespace {

http::asio::awaitable<Result<void>> recognised(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return pass(call);
    co_return co_await recognise(context, *std::move(call));
}

}  // namespace

http::asio::awaitable<http::Reply> confirmation_base(Context& context,
                                                     http::Request const& request) {
    auto known = co_await recognised(context, request);
    if (!known) co_return failure(context, request, known.error());
    std::string body;
    json::Writer writer(body);
    writer.object().key("autoConfirm").object().member("active", true).end();
    writer.key("_links").object().end().end();
    co_return answer(request, std::move(body));
}

http::asio::awaitable<http::Reply> confirmation(Context& context, http::Request const& request) {
    auto known = co_await recognised(context, request);
    if (!known) co_return failure(context, request, known.error());
    Error const none{Errc::not_found, "no action of this device waits to be confirmed"};
    co_return refusal(none);
}

http::asio::awaitable<http::Reply> auto_confirm(Context& context, http::Request const& request) {
    auto known = co_await recognised(context, request);
    if (!known) co_return failure(context, request, known.error());
    co_return done();
}

}  // namespace updraft::ddi
