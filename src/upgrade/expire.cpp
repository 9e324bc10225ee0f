#include "upgrade/expire.h"

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

// Postpones the timeout of a device that still polls, whatever the state of its upgrade; otherwise
// ends the upgrade.
Result<void> end_stalled(Tx& tx, Means const& means, Upgrade const& upgrade, Instant now) {
    auto const device = tx.devices().find(upgrade.did);
    auto const sign =
        last_sign(means.presence, upgrade.did, device ? device->last_seen : std::nullopt);
    if (sign && *sign + means.limits.stall_timeout > now) {
        auto waits = upgrade;
        waits.due_at = *sign + means.limits.stall_timeout;
        return tx.upgrades().move(upgrade, waits);
    }
    TRY(end(tx, means, upgrade, Event::silence, written(Cause::timeout), now));
    return {};
}

}  // namespace

Result<std::int64_t> expire_due(Tx& tx, Means const& means, Instant now, std::int64_t limit) {
    TRY_ASSIGN(auto const due, tx.upgrades().due(now, limit));
    for (auto const& upgrade : due) {
        if (upgrade.state == State::queued) {
            TRY(end_queued(tx, means, upgrade, now));
        } else if (upgrade.state == State::verifying) {
            auto const cause =
                written(Cause::version_mismatch, "the device did not report the version");
            TRY(end(tx, means, upgrade, Event::silence, cause, now));
        } else {
            TRY(end_stalled(tx, means, upgrade, now));
        }
    }
    return std::ssize(due);
}

Result<std::optional<Instant>> next_due(Tx const& tx) { return tx.upgrades().next_due(); }

Result<Swept> sweep_history(Tx& tx, Limits const& limits, UpgradeId after, std::int64_t limit,
                            Instant now) {
    return tx.upgrades().sweep(now - limits.history_retention, after, limit);
}

}  // namespace updraft::upgrade
