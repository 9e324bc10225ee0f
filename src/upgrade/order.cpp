#include "upgrade/order.h"

#include <algorithm>
#include <set>

#include "firmware/eligibility.h"
#include "firmware/offer.h"
#include "fleet/ownership.h"
#include "ports/devices_table.h"
#include "ports/orders_table.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/admission.h"
#include "upgrade/open.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

// The release that is offered to the device; the errors are those of ordering it.
Result<firmware::Release const*> choose(Tx const& tx, firmware::Catalog const& catalog,
                                        fleet::Device const& device) {
    if (!catalog.model.upgradable) {
        return fail(Errc::not_upgradable,
                    "devices of model " + device.model.value + " are not upgradable");
    }
    TRY_ASSIGN(auto const* const release, firmware::offer(tx, catalog, device));
    if (release == nullptr) {
        return fail(Errc::nothing_to_upgrade, "there is no firmware to upgrade this device to");
    }
    return release;
}

// The values that the upgrades of one order share. Their ids increase.
struct OrderUnderWay {
    OrderId order_id;
    StepMode step_mode = StepMode::next_step;
    Start start;
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
    upgrade.origin = order.start.origin;
    upgrade.forced = order.start.forced;
    upgrade.way_back = order.start.way_back;
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
                            .origin = order.start.origin,
                            .by = order.by,
                            .release_id = order.release_id,
                            .upgrades = order.count});
}

// The release that an operator named, in the catalog of the device's model; the errors are those of
// ordering it.
Result<firmware::Release const*> named_for(firmware::Catalog const& catalog,
                                           firmware::Candidate const& candidate,
                                           firmware::Release const& named, Start const& start) {
    auto const& device = *candidate.device;
    if (named.model != device.model) {
        return fail(start.way_back ? Errc::invalid : Errc::nothing_to_upgrade,
                    "the firmware is for another model than " + device.did.value);
    }
    auto const* const release = firmware::find_release(catalog, named.id);
    if (release == nullptr) return fail(Errc::corrupt, "a release is not in its catalog");
    firmware::Eligibility const eligibility(catalog, candidate);
    auto const reason = holding_back(eligibility.kept_from(*release), start).first();
    if (!reason) return release;
    return fail(*reason == Reason::not_upgradable ? Errc::not_upgradable : Errc::nothing_to_upgrade,
                std::string(text_of(*reason, true, Language::english)));
}

// Takes the device off everything that is released now. Catalogs are in order of release.
Result<void> take_way_back(Tx& tx, fleet::Device device, firmware::Catalog const& catalog) {
    device.offers_after = catalog.releases.back().id;
    return tx.devices().replace(device);
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
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device->model));
    TRY_ASSIGN(auto const candidate, firmware::candidate(tx, *catalog, *device));
    auto chosen =
        named ? named_for(*catalog, candidate, *named, order.start) : choose(tx, *catalog, *device);
    if (!chosen) return pass(chosen);
    TRY(open_first(tx, means, *device, **chosen, order));
    return order.start.way_back ? take_way_back(tx, *device, *catalog) : Result<void>{};
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
    TRY_ASSIGN(auto const* release, choose(tx, *catalog, device));
    OrderUnderWay order{.order_id = means.id_source.order_id(now),
                        .step_mode = wanted.step_mode,
                        .start = {.origin = Origin::user},
                        .now = now};
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
    OrderUnderWay order{.order_id = means.id_source.order_id(now),
                        .step_mode = wanted.step_mode,
                        .start = {.origin = Origin::by_operator,
                                  .forced = wanted.forced,
                                  .way_back = wanted.allow_older},
                        .now = now,
                        .release_id = wanted.release};
    if (!wanted.by.empty()) order.by = wanted.by;
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
