#include "admin/rollouts.h"

#include <optional>
#include <utility>

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/read_rollout.h"
#include "admin/reading.h"
#include "admin/show_rollout.h"
#include "http/conditions.h"
#include "http/on_store.h"
#include "ports/rollouts_table.h"
#include "text/whole_number.h"
#include "usecases/rollouts.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

using staging::Picture;

std::string etag_of(rollout::Rollout const& rollout) {
    return '"' + std::to_string(rollout.revision) + '"';
}

Reply shown_reply(int status, Picture const& picture) {
    auto reply = json_reply(status, body_of(picture));
    reply.fields.emplace_back("ETag", etag_of(picture.rollout));
    return reply;
}

Result<RolloutId> rollout_id_in(Request const& request) {
    TRY_ASSIGN(auto const number, path_number(request, 0, "rollout"));
    return RolloutId{number};
}

Result<rollout::Rollout> rollout_by_id(Tx const& tx, RolloutId id) {
    return existing(tx.rollouts().find(id), "rollout", std::to_string(id.value));
}

// The result of a change; nothing when If-Match did not match.
template <class T>
using IfMatched = std::optional<T>;

// The If-Match of a request, for a transaction.
class Condition {
public:
    explicit Condition(Request const& request) : given_(request.field("If-Match").has_value()) {
        if (given_) tags_ = *request.field("If-Match");
    }
    // Also true without If-Match. Errc::not_found.
    [[nodiscard]] Result<bool> is_met(Tx const& tx, RolloutId id) const {
        if (!given_) return true;
        TRY_ASSIGN(auto const current, rollout_by_id(tx, id));
        return http::if_match_names(tags_, etag_of(current));
    }

private:
    bool given_;
    std::string tags_;
};

Reply not_matched() {
    return problem(412, "If-Match does not name the present state of the rollout: fetch it again");
}

Reply change_reply(Context const& context, Request const& request,
                   Result<IfMatched<Picture>> const& changed) {
    if (!changed) return failure(context, request, changed.error());
    if (!*changed) return not_matched();
    return shown_reply(200, **changed);
}

RolloutFilter read_rollout_filter(Request const& request) {
    RolloutFilter filter;
    filter.state = word_parameter<rollout::State>(request, "state", rollout::state_words);
    filter.model = name_parameter<ModelName>(request, "model");
    if (auto const id = id_parameter(request, "firmwareId")) filter.release = ReleaseId{*id};
    return filter;
}

PlaceFilter read_place_filter(Request const& request, RolloutId id) {
    PlaceFilter filter{.rollout = id};
    filter.state = word_parameter<upgrade::State>(request, "state", upgrade::state_words);
    filter.judged = word_parameter<rollout::Judged>(request, "judged", rollout::judged_words);
    filter.wave = id_parameter(request, "wave");
    return filter;
}

// The pictures of a page of rollouts.
Result<Page<Picture>> pictures(Tx const& tx, Context const& context, RolloutFilter const& filter,
                               PageAsk const& ask, Instant now) {
    TRY_ASSIGN(auto page, tx.rollouts().list(filter, ask));
    Page<Picture> shown{.items = {}, .next = std::move(page.next), .looked = page.looked};
    for (auto& one : page.items) {
        TRY_ASSIGN(auto picture, staging::picture(tx, context.means.upgrades, std::move(one), now));
        shown.items.push_back(std::move(picture));
    }
    return shown;
}

}  // namespace

asio::awaitable<Reply> create_rollout(Context& context, Request const& request, Actor const& actor,
                                      json::Object body) {
    auto wanted = read_rollout(body, context.means.upgrades.zones);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto create = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) -> Result<Picture> {
        TRY_ASSIGN(auto made, usecases::create_rollout(tx, actor, wanted, now));
        return staging::picture(tx, context.means.upgrades, std::move(made), now);
    };
    auto const made = co_await http::on_store(context.store, std::move(create));
    if (!made) co_return failure(context, request, made.error());
    co_return shown_reply(201, *made);
}

asio::awaitable<Reply> list_rollouts(Context& context, Request const& request) {
    auto filter = read_rollout_filter(request);
    auto ask = read_page_ask(request, "rollouts");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<Picture> calls;
    calls.read = [&context, filter = std::move(filter), now = context.clock.now()](
                     Tx const& tx, PageAsk const& part) {
        return pictures(tx, context, filter, part, now);
    };
    calls.write = [](json::Writer& writer, Picture const& picture) {
        write_rollout(writer, picture, rollout::Dids::counted);
    };
    co_return co_await send_page(context, request, "rollouts", *std::move(ask), std::move(calls));
}

asio::awaitable<Reply> show_rollout(Context& context, Request const& request) {
    auto const id = rollout_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto show = [&context, id = *id, now = context.clock.now()](Tx const& tx) -> Result<Picture> {
        TRY_ASSIGN(auto shown, rollout_by_id(tx, id));
        return staging::picture(tx, context.means.upgrades, std::move(shown), now);
    };
    auto const picture = co_await http::on_store(context.store, std::move(show));
    if (!picture) co_return failure(context, request, picture.error());
    co_return shown_reply(200, *picture);
}

asio::awaitable<Reply> change_rollout(Context& context, Request const& request, Actor const& actor,
                                      json::Object body) {
    auto const id = rollout_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto change = [&context, actor, id = *id, said = std::move(body),
                   condition = Condition(request),
                   now = context.clock.now()](Tx& tx) -> Result<IfMatched<Picture>> {
        TRY_ASSIGN(auto const met, condition.is_met(tx, id));
        if (!met) return IfMatched<Picture>{};
        auto const& means = context.means.upgrades;
        auto const edit = [&](rollout::Rollout& edited) {
            return patch_rollout(edited, said, means.zones);
        };
        TRY_ASSIGN(auto changed, usecases::change_rollout(tx, actor, id, edit, now));
        return staging::picture(tx, means, std::move(changed), now);
    };
    auto const changed = co_await http::on_store(context.store, std::move(change));
    co_return change_reply(context, request, changed);
}

asio::awaitable<Reply> remove_rollout(Context& context, Request const& request,
                                      Actor const& actor) {
    auto const id = rollout_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto remove = [actor, id = *id, condition = Condition(request),
                   now = context.clock.now()](Tx& tx) -> Result<bool> {
        TRY_ASSIGN(auto const met, condition.is_met(tx, id));
        if (!met) return false;
        TRY(usecases::remove_rollout(tx, actor, id, now));
        return true;
    };
    auto const removed = co_await http::on_store(context.store, std::move(remove));
    if (!removed) co_return failure(context, request, removed.error());
    co_return *removed ? no_content() : not_matched();
}

asio::awaitable<Reply> move_rollout(Context& context, Request const& request, Actor const& actor,
                                    staging::Act act, json::Object body) {
    auto const id = rollout_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto wanted = read_move(*id, act, body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto move = [&context, actor, wanted = *std::move(wanted), condition = Condition(request),
                 now = context.clock.now()](Tx& tx) -> Result<IfMatched<Picture>> {
        TRY_ASSIGN(auto const met, condition.is_met(tx, wanted.id));
        if (!met) return IfMatched<Picture>{};
        auto const& means = context.means.upgrades;
        TRY_ASSIGN(auto moved, usecases::move_rollout(tx, means, actor, wanted, now));
        return staging::picture(tx, means, std::move(moved), now);
    };
    auto const moved = co_await http::on_store(context.store, std::move(move));
    co_return change_reply(context, request, moved);
}

asio::awaitable<Reply> list_rollout_devices(Context& context, Request const& request) {
    auto const id = rollout_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto ask = read_page_ask(request, "rollout devices");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<PlaceRow> calls;
    calls.read = [filter = read_place_filter(request, *id)](
                     Tx const& tx, PageAsk const& part) -> Result<Page<PlaceRow>> {
        TRY(rollout_by_id(tx, filter.rollout));
        return tx.rollouts().places(filter, part);
    };
    calls.write = write_place;
    co_return co_await send_page(context, request, "rollout devices", *std::move(ask),
                                 std::move(calls));
}

asio::awaitable<Reply> show_rollout_timeline(Context& context, Request const& request) {
    auto const id = rollout_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto ask = read_page_ask(request, "rollout timeline");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<RolloutNote> calls;
    calls.read = [id = *id](Tx const& tx, PageAsk const& part) -> Result<Page<RolloutNote>> {
        TRY(rollout_by_id(tx, id));
        return tx.rollouts().timeline(id, part);
    };
    calls.write = write_note;
    co_return co_await send_page(context, request, "rollout timeline", *std::move(ask),
                                 std::move(calls));
}

}  // namespace updraft::admin
