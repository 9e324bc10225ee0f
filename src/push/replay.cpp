#include "push/replay.h"

#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "push/notice.h"

namespace updraft::push {
namespace {

// Messages to a disabled app would only wait.
Result<void> check_enabled(Tx const& tx, AppId const& appid) {
    TRY_ASSIGN(auto const app, tx.apps().find(appid));
    if (app->disabled) return fail(Errc::conflict, "the app is disabled");
    return {};
}

Result<void> replay_if_true(Tx& tx, Delivery const& delivery, Instant now) {
    TRY_ASSIGN(auto const stale, overtaken(tx, delivery));
    if (stale) {
        return fail(Errc::conflict, "firmware " + stale->value + " is not offered to device " +
                                        delivery.did.value + " any more");
    }
    return tx.deliveries().replay(delivery.webhook_id, now);
}

}  // namespace

Result<void> replay(Tx& tx, WebhookId const& id, Instant now) {
    TRY_ASSIGN(auto const delivery, tx.deliveries().find(id));
    TRY(check_enabled(tx, delivery.appid));
    return replay_if_true(tx, delivery, now);
}

Result<Replayed> replay_range(Tx& tx, ReplayRange const& range,
                              std::optional<WebhookId> const& after, Instant now) {
    TRY(check_enabled(tx, range.appid));
    auto const from = after.value_or(first_id_at(range.since));
    TRY_ASSIGN(auto const ids, tx.deliveries().replayable(
                                   range.appid, from, first_id_at(range.until), replay_step_max));
    Replayed step;
    for (auto const& id : ids) {
        TRY_ASSIGN(auto const delivery, tx.deliveries().find(id));
        auto const replayed = replay_if_true(tx, delivery, now);
        if (!replayed && replayed.error().code != Errc::conflict) return pass(replayed);
        if (replayed) ++step.count;
    }
    if (std::ssize(ids) == replay_step_max) step.last = ids.back();
    return step;
}

}  // namespace updraft::push
