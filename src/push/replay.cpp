#include "push/replay.h"

#include "ports/deliveries_table.h"

#include <algorithm>

#include "text/ulid.h"

namespace updraft::push {
namespace {

// Sorts before every id that was made at that time or later, and after all earlier ones.
WebhookId first_id_at(Instant at) {
    auto const ms = std::clamp<std::int64_t>(at.ms, 0, (1LL << 48) - 1);
    return {"msg_" + text::ulid_time(static_cast<std::uint64_t>(ms))};
}

}  // namespace

Result<void> replay(Tx& tx, WebhookId const& id, Instant now) {
    return tx.deliveries().replay(id, now);
}

Result<Replayed> replay_range(Tx& tx, ReplayRange const& range,
                              std::optional<WebhookId> const& after, Instant now) {
    auto const from = after.value_or(first_id_at(range.since));
    TRY_ASSIGN(auto const ids, tx.deliveries().replayable(
                                   range.appid, from, first_id_at(range.until), replay_step_max));
    for (auto const& id : ids) TRY(tx.deliveries().replay(id, now));
    Replayed step{.count = std::ssize(ids), .last = {}};
    if (step.count == replay_step_max) step.last = ids.back();
    return step;
}

}  // namespace updraft::push
