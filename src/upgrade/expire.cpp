#include "upgrade/expire.h"

#include <algorithm>

#include "ports/devices_table.h"
#include "upgrade/record.h"

namespace updraft::upgrade {
namespace {

Result<void> end_queued(Tx& tx, Means const& means, Upgrade const& upgrade, Instant now) {
    TRY_ASSIGN(auto const plan, plan_of(tx, upgrade));
    if (plan.release->state == firmware::ReleaseState::withdrawn) {
        TRY(end(tx, means, upgrade, Event::ended_by_us, written(Cause::withdrawn), now));
    } else {
        TRY(end(tx, means, upgrade, Event::silence, written(Cause::expired), now));
    }
    return {};
}

// When the device counts as silent: stall_timeout after its last request. A crash forgets requests
// that are not written yet, but not the one with which the device took the upgrade.
Instant silent_from(Tx const& tx, Means const& means, Upgrade const& upgrade) {
    auto const device = tx.devices().find(upgrade.did);
    auto const sign =
        last_sign(means.presence, upgrade.did, device ? device->last_seen : std::nullopt);
    auto const last = std::max(sign, upgrade.started_at);
    return last.value_or(upgrade.created_at) + means.limits.stall_timeout;
}

// Ends an upgrade whose device is silent or does not move it, or does not answer a cancellation;
// otherwise postpones the look. Answers whether it ended. A program that did not know
// Upgrade::moved_at may have left it empty: then the time counts from now.
Result<bool> end_stalled(Tx& tx, Means const& means, Upgrade const& upgrade, Instant now) {
    auto const cancelling = upgrade.state == State::cancelling;
    auto const patience = cancelling ? means.limits.cancel_timeout : means.limits.progress_timeout;
    auto waits = upgrade;
    waits.moved_at = upgrade.moved_at.value_or(now);
    auto const over_at = *waits.moved_at + patience;
    if (cancelling && over_at <= now) {
        TRY(end(tx, means, upgrade, Event::ended_by_us, written(Cause::cancelled), now));
        return true;
    }
    auto const silent_at = silent_from(tx, means, upgrade);
    if (silent_at <= now || over_at <= now) {
        auto const why = silent_at <= now ? "" : "no progress";
        TRY(end(tx, means, upgrade, Event::silence, written(Cause::timeout, why), now));
        return true;
    }
    waits.due_at = std::min(silent_at, over_at);
    TRY(tx.upgrades().move(upgrade, waits));
    return false;
}

}  // namespace

Result<Expired> expire_due(Tx& tx, Means const& means, Instant now, std::int64_t limit) {
    TRY_ASSIGN(auto const due, tx.upgrades().due(now, limit));
    Expired expired{.looked_at = std::ssize(due)};
    for (auto const& upgrade : due) {
        bool ended = true;
        if (upgrade.state == State::queued) {
            TRY(end_queued(tx, means, upgrade, now));
        } else if (upgrade.state == State::verifying) {
            auto const cause =
                written(Cause::version_mismatch, "the device did not report the version");
            TRY(end(tx, means, upgrade, Event::silence, cause, now));
        } else {
            TRY_ASSIGN(ended, end_stalled(tx, means, upgrade, now));
        }
        if (ended) ++expired.ended;
    }
    return expired;
}

Result<std::optional<Instant>> next_due(Tx const& tx) { return tx.upgrades().next_due(); }

Result<Swept> sweep_history(Tx& tx, Limits const& limits, UpgradeId after, std::int64_t limit,
                            Instant now) {
    return tx.upgrades().sweep(now - limits.history_retention, after, limit);
}

}  // namespace updraft::upgrade
