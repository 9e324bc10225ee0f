#include "ddi/feedback.h"

#include "ddi/identify.h"
#include "ddi/reply.h"
#include "ddi/wording.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "upgrade/hand_out.h"

namespace updraft::ddi {
namespace {

// A foreign device must learn nothing from how its body is read, so the credential comes first.
http::asio::awaitable<Result<void>> recognise(Door& door, Speaker speaker) {
    auto const did = speaker.did;
    auto look = [speaker = std::move(speaker)](Tx const& tx) { return recognised(tx, speaker); };
    auto device = co_await http::on_store(door.store, std::move(look));
    if (!device) co_return pass(device);
    door.signs.heard(did, door.clock.now());
    co_return Result<void>{};
}

Result<upgrade::Upgrade> look_at_cancellation(Tx const& tx, Speaker const& speaker, UpgradeId id) {
    TRY_ASSIGN(auto const device, recognised(tx, speaker));
    return upgrade::cancellation(tx, device, id);
}

}  // namespace

http::asio::awaitable<http::Reply> deployment_feedback(Door& door, http::Request const& request) {
    auto speaker = read_speaker(request);
    if (!speaker) co_return refusal(speaker.error());
    auto known = co_await recognise(door, *speaker);
    if (!known) co_return refusal(known.error());
    auto const id = id_of(request);
    if (!id) co_return refusal(id.error());
    auto report = read_report(request.body);
    if (!report) co_return refusal(report.error());

    auto write = [means = &door.means, did = speaker->did, id = UpgradeId{*id},
                  report = *std::move(report), now = door.clock.now()](Tx& tx) {
        return upgrade::report(tx, *means, did, id, report, now);
    };
    auto reported = co_await http::on_store(door.store, std::move(write));
    if (!reported) co_return refusal(reported.error());
    co_return done();
}

http::asio::awaitable<http::Reply> cancel_action(Door& door, http::Request const& request) {
    auto speaker = read_speaker(request);
    if (!speaker) co_return refusal(speaker.error());
    auto const id = id_of(request);
    if (!id) co_return refusal(id.error());
    auto look = [speaker = *speaker, id = UpgradeId{*id}](Tx const& tx) {
        return look_at_cancellation(tx, speaker, id);
    };
    auto found = co_await http::on_store(door.store, std::move(look));
    if (!found) co_return refusal(found.error());
    door.signs.heard(speaker->did, door.clock.now());

    auto const text = std::to_string(*id);
    std::string body;
    json::Writer writer(body);
    writer.object().member("id", text);
    writer.key("cancelAction").object().member("stopId", text).end().end();
    co_return answer(request, std::move(body));
}

http::asio::awaitable<http::Reply> cancel_feedback(Door& door, http::Request const& request) {
    auto speaker = read_speaker(request);
    if (!speaker) co_return refusal(speaker.error());
    auto known = co_await recognise(door, *speaker);
    if (!known) co_return refusal(known.error());
    auto const id = id_of(request);
    if (!id) co_return refusal(id.error());
    auto report = read_cancel_report(request.body);
    if (!report) co_return refusal(report.error());

    auto write = [means = &door.means, did = speaker->did, id = UpgradeId{*id},
                  report = *std::move(report), now = door.clock.now()](Tx& tx) {
        return upgrade::answer_cancel(tx, *means, did, id, report.answer, report.texts, now);
    };
    auto answered = co_await http::on_store(door.store, std::move(write));
    if (!answered) co_return refusal(answered.error());
    co_return done();
}

http::asio::awaitable<http::Reply> config_data(Door& door, http::Request const& request) {
    auto speaker = read_speaker(request);
    if (!speaker) co_return refusal(speaker.error());
    auto known = co_await recognise(door, *speaker);
    if (!known) co_return refusal(known.error());
    auto said = read_config_data(request.body);
    if (!said) co_return refusal(said.error());

    auto write = [means = &door.means, did = speaker->did, said = *std::move(said),
                  attribute = door.settings.version_attribute, now = door.clock.now()](Tx& tx) {
        return upgrade::describe(tx, *means, did, said, attribute, now);
    };
    auto described = co_await http::on_store(door.store, std::move(write));
    if (!described) co_return refusal(described.error());
    co_return done();
}

}  // namespace updraft::ddi
