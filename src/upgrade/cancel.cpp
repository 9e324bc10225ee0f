#include "upgrade/cancel.h"

#include <algorithm>

#include "fleet/ownership.h"
#include "ports/openings_table.h"
#include "ports/orders_table.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"
#include "ports/upgrade_lists_table.h"
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

// Upgrades of an order or a release that are stopped in one transaction.
constexpr std::int64_t part_max = 500;

bool is_in(Scope scope, State state) {
    if (state == State::queued) return true;
    if (scope == Scope::queued || is_final(state) || state == State::cancelling) return false;
    return scope == Scope::all || state <= State::downloaded;
}

Result<void> stop_in_scope(Tx& tx, Means const& means, Upgrade const& upgrade, Scope scope,
                           Instant now, Stopped& counted) {
    if (!is_in(scope, upgrade.state)) return {};
    TRY_ASSIGN(auto const stopped, ask_to_stop(tx, means, upgrade, now));
    ++(is_final(stopped.state) ? counted.ended : counted.asked);
    return {};
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

Result<std::int64_t> cancel_withdrawn(Tx& tx, Means const& means, ReleaseId release, Instant now) {
    TRY_ASSIGN(auto const waiting, tx.upgrades().make_due(release, now));
    if (waiting > 0) TRY(expire_due(tx, means, now, withdrawn_at_once_max));
    return waiting;
}

Result<StoppedInOrder> cancel_order(Tx& tx, Means const& means, OrderId const& order_id,
                                    Scope scope, UpgradeId after, Instant now) {
    TRY_ASSIGN(auto const order, tx.orders().find(order_id));
    TRY_ASSIGN(auto const opening, tx.openings().find(order_id));
    if (opening) TRY(tx.openings().end(order_id));
    if (!order && opening) return StoppedInOrder{};
    if (!order) return fail(Errc::not_found, "no such order");
    if (!order->cancelled) TRY(tx.orders().cancel(order_id));
    auto const first = std::max(after, UpgradeId{order->first.value - 1});
    bool const in_range = first < order->last;
    auto part = in_range ? tx.upgrade_lists().between(order_id, UpgradeId{first.value + 1},
                                                      order->last, part_max)
                         : tx.upgrade_lists().later_steps(order_id, first, part_max);
    if (!part) return pass(part);
    StoppedInOrder answer;
    for (auto const& upgrade : *part) {
        TRY(stop_in_scope(tx, means, upgrade, scope, now, answer.stopped));
    }
    bool const full = std::ssize(*part) == part_max;
    if (full) answer.next = part->back().id;
    if (!full && in_range) answer.next = order->last;
    return answer;
}

Result<StoppedOfRelease> stop_release(Tx& tx, Means const& means, ReleaseId release, Scope scope,
                                      RunningCursor const& after, Instant now) {
    TRY_ASSIGN(auto const part, tx.upgrades().running_of(release, after, part_max));
    StoppedOfRelease answer;
    for (auto const& upgrade : part) {
        if (upgrade.state == State::queued) continue;
        TRY(stop_in_scope(tx, means, upgrade, scope, now, answer.stopped));
    }
    if (std::ssize(part) == part_max) {
        answer.next = RunningCursor{part.back().due_at.value_or(now), part.back().id};
    }
    return answer;
}

Result<bool> cancel_unbound(Tx& tx, Means const& means, Did const& did, Instant now) {
    return end_active(tx, means, did, written(Cause::unbound), now);
}

Result<bool> cancel_misfit(Tx& tx, Means const& means, Did const& did, Instant now) {
    auto const cause = written(Cause::cancelled, "the device became one of another model");
    return end_active(tx, means, did, cause, now);
}

}  // namespace updraft::upgrade
