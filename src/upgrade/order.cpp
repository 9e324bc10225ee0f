#include "upgrade/order.h"

#include <algorithm>
#include <set>

#include "firmware/offer.h"
#include "fleet/ownership.h"
#include "ports/devices_table.h"
#include "ports/orders_table.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/open.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

// The release that is offered to the device; the errors are those of ordering it.
Result<firmware::Release const*> choose(firmware::Catalog const& catalog,
                                        fleet::Device const& device) {
    if (!catalog.model.upgradable) {
        return fail(Errc::not_upgradable,
                    "devices of model " + device.model.value + " are not upgradable");
    }
    auto const* release = firmware::offer(catalog, device.version);
    if (release == nullptr) {
        return fail(Errc::nothing_to_upgrade, "there is no firmware to upgrade this device to");
    }
    return release;
}

// The values that the upgrades of one order share. Their ids increase.
struct OrderUnderWay {
    OrderId order_id;
    StepMode step_mode = StepMode::next_step;
    Instant now;
    std::int64_t count = 0;
    UpgradeId first{0};
    UpgradeId last{-1};
    std::optional<std::string> by = {};        // The operator; absent for orders of apps.
    std::optional<ReleaseId> release_id = {};  // That the operator named.
};

Result<UpgradeId> open_first(Tx& tx, Means const& means, fleet::Device const& device,
                             firmware::Release const& release, OrderUnderWay& order) {
    auto upgrade = queued(device, release, order.order_id, means.limits, order.now);
    upgrade.step = first_step(order.step_mode);
    TRY_ASSIGN(auto const id, tx.upgrades().open(upgrade));
    if (order.count++ == 0) order.first = id;
    order.last = id;
    return id;
}

Result<void> put_order(Tx& tx, Orderer const& who, OrderUnderWay const& order) {
    return tx.orders().put({.order_id = order.order_id,
                            .appid = who.appid,
                            .open_id = who.open_id,
                            .created_at = order.now,
                            .first = order.first,
                            .last = order.last,
                            .by = order.by,
                            .release_id = order.release_id,
                            .upgrades = order.count});
}

// A catalog in which only `release` can be offered, so that firmware::offer() decides whether a
// device may install it.
firmware::Catalog only(firmware::Catalog const& catalog, ReleaseId release) {
    auto narrowed = catalog;
    for (auto& each : narrowed.releases) {
        if (each.id != release) each.state = firmware::ReleaseState::withdrawn;
    }
    return narrowed;
}

// The release for that device in an operator's order: `named`, or the device's own offer.
Result<firmware::Release> wanted_for(Tx& tx, fleet::Device const& device,
                                     std::optional<firmware::Release> const& named) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    if (!named) {
        TRY_ASSIGN(auto const* release, choose(*catalog, device));
        return *release;
    }
    if (named->model != device.model) {
        return fail(Errc::nothing_to_upgrade, "the firmware is for another model");
    }
    auto const narrowed = only(*catalog, named->id);
    TRY_ASSIGN(auto const* release, choose(narrowed, device));
    return *release;
}

Result<void> open_for_operator(Tx& tx, Means const& means, Did const& did,
                               std::optional<firmware::Release> const& named,
                               OrderUnderWay& order) {
    tx.prefetch().active_upgrade_of(did);
    auto const device = tx.devices().find(did);
    if (!device) {
        auto const code = device.error().code;
        return fail(code == Errc::not_found ? Errc::not_bound : code, "there is no such device");
    }
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
    if (active) return fail(Errc::busy, "the device has an active upgrade");
    TRY_ASSIGN(auto const release, wanted_for(tx, *device, named));
    TRY(open_first(tx, means, *device, release, order));
    return {};
}

bool is_about_the_device(Errc code) {
    return code == Errc::not_bound || code == Errc::busy || code == Errc::nothing_to_upgrade ||
           code == Errc::not_upgradable;
}

}  // namespace

Result<OrderId> order_one(Tx& tx, Means const& means, Orderer const& who, OrderOne const& wanted,
                          Instant now) {
    if (!who.open_id) return fail(Errc::invalid, "only a user has devices of their own");
    tx.prefetch().active_upgrade_of(wanted.did);
    TRY_ASSIGN(auto const device, fleet::owned(tx, *who.open_id, wanted.did));
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(wanted.did));
    if (active) return active->order_id;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto const* release, choose(*catalog, device));
    OrderUnderWay order{
        .order_id = means.id_source.order_id(now), .step_mode = wanted.step_mode, .now = now};
    TRY(open_first(tx, means, device, *release, order));
    TRY(put_order(tx, who, order));
    return order.order_id;
}

Result<OrderOutcome> order_by_operator(Tx& tx, Means const& means, OperatorOrder const& wanted,
                                       Instant now) {
    std::optional<firmware::Release> named;
    if (wanted.release) {
        TRY_ASSIGN(named, if_found(tx.releases().find(*wanted.release)));
        if (!named || named->state != firmware::ReleaseState::released) {
            return fail(Errc::invalid, "firmwareId does not name a released firmware");
        }
    }
    OrderUnderWay order{
        .order_id = means.id_source.order_id(now), .step_mode = wanted.step_mode, .now = now};
    if (!wanted.by.empty()) order.by = wanted.by;
    order.release_id = wanted.release;
    OrderOutcome outcome;
    outcome.order_id = order.order_id;
    std::set<Did> seen;
    for (auto const& did : wanted.dids) {
        if (!seen.insert(did).second) continue;
        auto one = open_for_operator(tx, means, did, named, order);
        if (one) continue;
        if (!is_about_the_device(one.error().code)) return pass(one);
        outcome.refused.push_back({did, one.error().code, one.error().for_client()});
    }
    outcome.started = order.count;
    TRY(put_order(tx, {}, order));
    return outcome;
}

Result<void> adopt(Tx& tx, fleet::Device const& device) {
    if (!device.open_id) return {};
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(device.did));
    if (!active || active->open_id) return {};
    return tx.upgrades().give(active->id, *device.open_id);
}

}  // namespace updraft::upgrade
