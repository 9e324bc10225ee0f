#include "upgrade/start.h"

#include "firmware/offer.h"
#include "ports/devices_table.h"
#include "ports/orders_table.h"
#include "ports/policies_table.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/admission.h"
#include "upgrade/facts.h"
#include "upgrade/open.h"

namespace updraft::upgrade {

// Most devices run the newest release, and most users decide themselves: both end this early.
Result<bool> would_start_by_itself(Tx const& tx, Means const& means, fleet::Device const& device,
                                   Instant now) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto const* const offer, firmware::offer(tx, *catalog, device));
    if (offer == nullptr) return false;
    TRY_ASSIGN(auto const set,
               tx.policies().of(device.open_id.value_or(OpenId{}), std::span(&device.did, 1)));
    if (policy::effective(set, device.did, means.time_zone).auto_upgrade != "1") return false;
    Subject const subject{.device = device, .active = std::nullopt};
    TRY_ASSIGN(auto const surroundings, Surroundings::of(tx, means, std::span(&subject, 1),
                                                         Surroundings::Policies::of_all, now));
    TRY_ASSIGN(auto const facts, facts_of(tx, means, subject, offer, surroundings, Asking::device));
    return holding_back(facts.reasons, Start{}).empty();
}

Result<bool> start_by_itself(Tx& tx, Means const& means, Did const& did, Instant now) {
    TRY_ASSIGN(auto const device, tx.devices().find(did));
    TRY_ASSIGN(auto const active, tx.upgrades().active_id_of(did));
    if (active) return false;
    TRY_ASSIGN(bool const starts, would_start_by_itself(tx, means, device, now));
    if (!starts) return false;
    TRY_ASSIGN(bool const counted,
               tx.policies().count_start(now.ms / minute_ms, means.limits.starts_per_minute));
    if (!counted) return false;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto const* const offer, firmware::offer(tx, *catalog, device));
    auto upgrade = queued(device, *offer, means.id_source.order_id(now), means.limits, now);
    upgrade.origin = Origin::automatic;
    TRY_ASSIGN(auto const id, tx.upgrades().open(upgrade));
    TRY(tx.orders().put({.order_id = upgrade.order_id,
                         .appid = std::nullopt,
                         .open_id = device.open_id,
                         .created_at = now,
                         .first = id,
                         .last = id,
                         .origin = Origin::automatic,
                         .release_id = upgrade.release_id,
                         .upgrades = 1}));
    return true;
}

}  // namespace updraft::upgrade
