#include "ddi/confirmation.h"

#include "ddi/identify.h"
#include "ddi/reply.h"
#include "http/on_store.h"
#include "json/writer.h"

namespace updraft::ddi {
namespace {

http::asio::awaitable<Result<void>> recognise(Door& door, http::Request const& request) {
    auto speaker = read_speaker(request);
    if (!speaker) co_return pass(speaker);
    auto look = [speaker = *speaker](Tx const& tx) { return recognised(tx, speaker); };
    auto device = co_await http::on_store(door.store, std::move(look));
    if (!device) co_return pass(device);
    door.signs.heard(speaker->did, door.clock.now());
    co_return Result<void>{};
}

}  // namespace

http::asio::awaitable<http::Reply> confirmation_base(Door& door, http::Request const& request) {
    auto known = co_await recognise(door, request);
    if (!known) co_return refusal(known.error());
    std::string body;
    json::Writer writer(body);
    writer.object().key("autoConfirm").object().member("active", true).end();
    writer.key("_links").object().end().end();
    co_return answer(request, std::move(body));
}

http::asio::awaitable<http::Reply> confirmation(Door& door, http::Request const& request) {
    auto known = co_await recognise(door, request);
    if (!known) co_return refusal(known.error());
    Error const none{Errc::not_found, "no action of this device waits to be confirmed"};
    co_return refusal(none);
}

http::asio::awaitable<http::Reply> auto_confirm(Door& door, http::Request const& request) {
    auto known = co_await recognise(door, request);
    if (!known) co_return refusal(known.error());
    co_return done();
}

}  // namespace updraft::ddi
