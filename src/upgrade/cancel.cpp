#include "upgrade/cancel.h"

#include "fleet/ownership.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/expire.h"
#include "upgrade/record.h"

namespace updraft::upgrade {
namespace {

// Upgrades that end in the transaction of the withdrawal. The others are due then, and end in later
// calls of expire_due().
constexpr std::int64_t withdrawn_at_once_max = 500;

Result<Upgrade> ask_to_stop(Tx& tx, Means const& means, Upgrade const& upgrade, Instant now) {
    if (upgrade.state == State::cancelling) return upgrade;
    auto next = stepped(upgrade, Event::cancel_asked);
    if (is_final(next.state)) next.cause = written(Cause::cancelled);
    return record(tx, means, upgrade, std::move(next), {}, now);
}

Result<bool> end_active(Tx& tx, Means const& means, Did const& did, std::string const& cause,
                        Instant now) {
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
    if (!active) return false;
    TRY(end(tx, means, *active, Event::ended_by_us, cause, now));
    return true;
}

}  // namespace

Result<OrderId> cancel_own(Tx& tx, Means const& means, Orderer const& who, Did const& did,
                           Instant now) {
    if (!who.open_id) return fail(Errc::invalid, "only a user has devices of their own");
    tx.prefetch().active_upgrade_of(did);
    TRY(fleet::owned(tx, *who.open_id, did));
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
    if (!active) return fail(Errc::nothing_to_upgrade, "no upgrade of this device is under way");
    TRY_ASSIGN(auto const stopped, ask_to_stop(tx, means, *active, now));
    return stopped.order_id;
}

Result<Upgrade> cancel_by_operator(Tx& tx, Means const& means, UpgradeId id, Force force,
                                   Instant now) {
    TRY_ASSIGN(auto const upgrade, tx.upgrades().find(id));
    if (is_final(upgrade.state)) return fail(Errc::conflict, "the upgrade has ended");
    if (force == Force::ask_the_device) return ask_to_stop(tx, means, upgrade, now);
    return end(tx, means, upgrade, Event::ended_by_us, written(Cause::cancelled), now);
}

Result<void> cancel_withdrawn(Tx& tx, Means const& means, ReleaseId release, Instant now) {
    TRY_ASSIGN(auto const waiting, tx.upgrades().make_due(release, now));
    if (waiting > 0) TRY(expire_due(tx, means, now, withdrawn_at_once_max));
    return {};
}

Result<bool> cancel_unbound(Tx& tx, Means const& means, Did const& did, Instant now) {
    return end_active(tx, means, did, written(Cause::unbound), now);
}

Result<bool> cancel_misfit(Tx& tx, Means const& means, Did const& did, Instant now) {
    auto const cause = written(Cause::cancelled, "the device became one of another model");
    return end_active(tx, means, did, cause, now);
}

}  // namespace updraft::upgrade
