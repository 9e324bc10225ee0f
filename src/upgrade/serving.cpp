#include "upgrade/serving.h"

#include "ports/devices_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/why.h"

namespace updraft::upgrade {
namespace {

Result<ByteSet> recorded_bytes(Tx const& tx, Upgrade const& upgrade) {
    if (upgrade.ranges_served == 0) return ByteSet(upgrade.bytes_served);
    return tx.upgrades().served(upgrade.id);
}

// True when the served bytes have no effect on the upgrade.
Result<bool> is_without_effect(Tx const& tx, Means const& means, Upgrade const& upgrade,
                               Instant now) {
    if (is_final(upgrade.state)) return true;
    if (upgrade.state != State::queued) return false;
    auto const device = tx.devices().find(upgrade.did);
    if (!device) return true;
    TRY_ASSIGN(auto const reason, held_back(tx, means, *device, upgrade, now));
    return reason.has_value();
}

// The upgrade after all these bytes of a file of `size` bytes were served.
Upgrade advanced(Upgrade const& before, ByteSet const& all, std::int64_t size) {
    auto next = before;
    next.bytes_served = all.count();
    next.ranges_served = all.is_a_beginning() ? 0 : std::ssize(all.ranges());
    auto const phase = before.state == State::cancelling ? before.resume_state : before.state;
    if (phase > State::downloaded) return next;
    next = stepped(std::move(next), Event::bytes_began);
    if (all.covers(size)) next = stepped(std::move(next), Event::bytes_ended);
    auto const progress = after(Progress{before.progress, before.figure}, Figure::derived,
                                served_percent(next.bytes_served, size));
    next.progress = progress.percent;
    return next;
}

}  // namespace

Result<ByteSet> served(Tx& tx, Means const& means, UpgradeId id, ByteSet const& sent, Instant now) {
    auto const found = tx.upgrades().find(id);
    if (!found) return sent;  // The upgrade was removed during the download.
    auto const& before = *found;
    TRY_ASSIGN(bool const without_effect, is_without_effect(tx, means, before, now));
    if (without_effect) return sent;
    TRY_ASSIGN(auto const plan, plan_of(tx, before));
    TRY_ASSIGN(auto all, recorded_bytes(tx, before));
    auto const recorded = all;
    all.add(sent);
    auto const size = plan.release->artifact ? plan.release->artifact->bytes : 0;
    auto next = advanced(before, all, size);
    if (next == before && all == recorded) return all;
    if (next.ranges_served > 0 || before.ranges_served > 0) {
        TRY(tx.upgrades().record_served(id, next.ranges_served > 0 ? all : ByteSet{}));
    }
    TRY(record(tx, means, before, std::move(next), {}, now));
    return all;
}

}  // namespace updraft::upgrade
