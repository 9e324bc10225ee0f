#include "ddi/feedback.h"

#include "ddi/identify.h"
#include "ddi/reply.h"
#include "ddi/wording.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "ports/prefetch.h"
#include "upgrade/hand_out.h"

namespace updraft::ddi {
namespace {

Result<upgrade::Upgrade> look_at_cancellation(Tx const& tx, DeviceCall const& call, UpgradeId id) {
    TRY_ASSIGN(auto const device, authenticate(tx, call));
    return upgrade::cancellation(tx, device, id);
}

// Checks the credential, before the body is parsed: a client without a valid credential must not
// see parse errors. True when a report on that upgrade may be refused; without an id: false.
http::asio::awaitable<Result<bool>> recognise_reporter(Context& context, DeviceCall call,
                                                       Result<std::int64_t> id) {
    auto const did = call.did;
    auto look = [call = std::move(call), id = std::move(id)](Tx const& tx) -> Result<bool> {
        if (id) tx.prefetch().upgrade(UpgradeId{*id});
        TRY(authenticate(tx, call));
        if (!id) return false;
        return upgrade::may_refuse(tx, call.did, UpgradeId{*id});
    };
    auto answer = co_await http::on_store(context.channel.store, std::move(look));
    if (answer) context.channel.presence.heard(did, context.channel.clock.now());
    co_return answer;
}

}  // namespace

http::asio::awaitable<http::Reply> deployment_feedback(Context& context,
                                                       http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    auto const id = id_of(request);
    auto const refusing = co_await recognise_reporter(context, *call, id);
    if (!refusing) co_return failure(context, request, refusing.error());
    if (!id) co_return refusal(id.error());
    auto report = read_report(request.body);
    if (!report) co_return refusal(report.error());

    auto const now = context.channel.clock.now();
    auto const* means = &context.channel.means;
    if (*refusing) {
        auto look = [means, did = call->did, id = UpgradeId{*id}, report = *report,
                     now](Tx const& tx) {
            return upgrade::would_record(tx, *means, did, id, report, now);
        };
        auto const changes = co_await http::on_store(context.channel.store, std::move(look));
        if (!changes) co_return failure(context, request, changes.error());
        if (!*changes) co_return done();
    }
    auto write = [means, did = call->did, id = UpgradeId{*id}, report = *std::move(report),
                  now](Tx& tx) { return upgrade::report(tx, *means, did, id, report, now); };
    auto reported = co_await http::on_store(context.channel.store, std::move(write));
    if (!reported) co_return failure(context, request, reported.error());
    co_return done();
}

http::asio::awaitable<http::Reply> cancel_action(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    auto const id = id_of(request);
    if (!id) co_return refusal(id.error());
    auto look = [call = *call, id = UpgradeId{*id}](Tx const& tx) {
        return look_at_cancellation(tx, call, id);
    };
    auto found = co_await http::on_store(context.channel.store, std::move(look));
    if (!found) co_return failure(context, request, found.error());
    context.channel.presence.heard(call->did, context.channel.clock.now());

    auto const text = std::to_string(*id);
    std::string body;
    json::Writer writer(body);
    writer.object().member("id", text);
    writer.key("cancelAction").object().member("stopId", text).end().end();
    co_return answer(request, std::move(body));
}

http::asio::awaitable<http::Reply> cancel_feedback(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    auto const id = id_of(request);
    auto const refusing = co_await recognise_reporter(context, *call, id);
    if (!refusing) co_return failure(context, request, refusing.error());
    if (!id) co_return refusal(id.error());
    auto report = read_cancel_report(request.body);
    if (!report) co_return refusal(report.error());

    if (*refusing) {
        auto look = [did = call->did, id = UpgradeId{*id}, report = *report](Tx const& tx) {
            return upgrade::would_record_answer(tx, did, id, report.answer, report.texts);
        };
        auto const changes = co_await http::on_store(context.channel.store, std::move(look));
        if (!changes) co_return failure(context, request, changes.error());
        if (!*changes) co_return done();
    }
    auto write = [means = &context.channel.means, did = call->did, id = UpgradeId{*id},
                  report = *std::move(report), now = context.channel.clock.now()](Tx& tx) {
        return upgrade::answer_cancel(tx, *means, did, id, report.answer, report.texts, now);
    };
    auto answered = co_await http::on_store(context.channel.store, std::move(write));
    if (!answered) co_return failure(context, request, answered.error());
    co_return done();
}

http::asio::awaitable<http::Reply> config_data(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    // Before the body is parsed: a client without a valid credential must not see parse errors.
    auto const known = co_await recognise(context, *call);
    if (!known) co_return failure(context, request, known.error());
    auto said = read_config_data(request.body);
    if (!said) co_return refusal(said.error());

    auto look = [did = call->did, said = *said, attribute = context.settings.version_attribute](
                    Tx const& tx) { return upgrade::would_describe(tx, did, said, attribute); };
    auto const changes = co_await http::on_store(context.channel.store, std::move(look));
    if (!changes) co_return failure(context, request, changes.error());
    if (!*changes) co_return done();
    auto write = [means = &context.channel.means, did = call->did, said = *std::move(said),
                  attribute = context.settings.version_attribute,
                  now = context.channel.clock.now()](Tx& tx) {
        return upgrade::describe(tx, *means, did, said, attribute, now);
    };
    auto described = co_await http::on_store(context.channel.store, std::move(write));
    if (!described) co_return failure(context, request, described.error());
    co_return done();
}

}  // namespace updraft::ddi
