#include "upgrade/hand_out.h"

#include "ports/devices_table.h"
#include "ports/prefetch.h"
#include "ports/upgrades_table.h"
#include "upgrade/why.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

// The same error for another device's upgrade and for one that does not exist.
tl::unexpected<Error> nothing_there() {
    return fail(Errc::not_found, "this device has no such action");
}

bool is_being_carried_out(State state) {
    return is_running(state) && state != State::verifying && state != State::cancelling;
}

Result<bool> is_to_do(Tx const& tx, Means const& means, fleet::Device const& device,
                      Upgrade const& upgrade, Instant now) {
    if (is_being_carried_out(upgrade.state)) return true;
    if (upgrade.state != State::queued) return false;
    TRY_ASSIGN(auto const reason, held_back(tx, means, device, upgrade, now));
    return !reason;
}

Result<Upgrade> of_device(Tx const& tx, Did const& did, UpgradeId id) {
    TRY_ASSIGN(auto found, if_found(tx.upgrades().find(id)));
    if (!found || found->did != did) return nothing_there();
    return *std::move(found);
}

Result<Deployment> with_plan(Tx const& tx, Upgrade upgrade) {
    TRY_ASSIGN(auto plan, plan_of(tx, upgrade));
    return Deployment{std::move(upgrade), std::move(plan)};
}

}  // namespace

Result<HandOut> hand_out(Tx const& tx, Means const& means, fleet::Device const& device,
                         Instant now) {
    TRY_ASSIGN(auto const id, tx.upgrades().active_id_of(device.did));
    if (!id) return HandOut{};
    TRY_ASSIGN(auto active, tx.upgrades().find(*id));
    auto task = Task::nothing;
    if (active.state == State::cancelling) {
        task = Task::cancel;
    } else {
        TRY_ASSIGN(auto const to_do, is_to_do(tx, means, device, active, now));
        if (to_do) task = Task::deploy;
    }
    return HandOut{task, std::move(active)};
}

Result<Deployment> deployment(Tx const& tx, Means const& means, fleet::Device const& device,
                              UpgradeId id, Instant now) {
    TRY_ASSIGN(auto upgrade, of_device(tx, device.did, id));
    TRY_ASSIGN(auto const to_do, is_to_do(tx, means, device, upgrade, now));
    if (!to_do) return nothing_there();
    return with_plan(tx, std::move(upgrade));
}

Result<Deployment> take(Tx& tx, Means const& means, Did const& did, UpgradeId id, Instant now) {
    tx.prefetch().upgrade(id);
    TRY_ASSIGN(auto const device, tx.devices().find(did));
    TRY_ASSIGN(auto taken, deployment(tx, means, device, id, now));
    auto fetched = stepped(taken.upgrade, Event::fetched);
    if (fetched == taken.upgrade) return taken;
    TRY_ASSIGN(taken.upgrade, record(tx, means, taken.upgrade, fetched, {}, now));
    return taken;
}

Result<Upgrade> cancellation(Tx const& tx, fleet::Device const& device, UpgradeId id) {
    TRY_ASSIGN(auto upgrade, of_device(tx, device.did, id));
    if (upgrade.state != State::cancelling) return nothing_there();
    return upgrade;
}

Result<Deployment> installed(Tx const& tx, fleet::Device const& device, UpgradeId id) {
    if (device.installed != id) return nothing_there();
    TRY_ASSIGN(auto upgrade, of_device(tx, device.did, id));
    return with_plan(tx, std::move(upgrade));
}

Result<Deployment> with_release(Tx const& tx, fleet::Device const& device, ReleaseId release) {
    TRY_ASSIGN(auto active, tx.upgrades().active_of(device.did));
    if (active && active->release_id == release) return with_plan(tx, *std::move(active));
    if (device.installed) {
        auto last = tx.upgrades().find(*device.installed);
        if (last && last->did == device.did && last->release_id == release) {
            return with_plan(tx, *std::move(last));
        }
    }
    return fail(Errc::not_found, "this device has no upgrade of that software module");
}

}  // namespace updraft::upgrade
