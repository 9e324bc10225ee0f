#include "staging/outcomes.h"

#include <algorithm>

#include "firmware/eligibility.h"
#include "firmware/running.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "ports/timelines_table.h"
#include "rollout/growth.h"
#include "rollout/outcome.h"
#include "staging/settle.h"
#include "upgrade/rollout_facts.h"
#include "vocabulary/if_found.h"

namespace updraft::staging {
namespace {

using rollout::Judged;
using rollout::Place;
using upgrade::Origin;
using upgrade::Upgrade;

// The rollout that decides about the release of the upgrade, with the limits of its model.
struct Under {
    std::shared_ptr<firmware::Catalog const> catalog;  // Owns the rollout.
    rollout::Rollout const* rollout = nullptr;
    rollout::Rhythm rhythm;
    rollout::Tempo tempo;
};

Result<Under> rollout_of(Tx const& tx, ModelName const& model, ReleaseId release, Millis polling,
                         Instant served_since) {
    Under under;
    TRY_ASSIGN(under.catalog, tx.releases().catalog(model));
    under.rollout = firmware::find_rollout(*under.catalog, release);
    if (under.rollout == nullptr || !under.rollout->started_at) {
        under.rollout = nullptr;
        return under;
    }
    under.rhythm = upgrade::rhythm_of(*under.catalog, polling);
    under.tempo = rollout::tempo_of(under.rollout->plan, under.rhythm, served_since);
    return under;
}

// A place for an order that the device has just fetched, which takes what is left of the rate.
Result<void> take_for_order(Tx& tx, Under const& under, Upgrade const& upgrade, Instant now) {
    auto const& rollout = *under.rollout;
    TRY_ASSIGN(auto const device, if_found(tx.devices().find(upgrade.did)));
    if (!device) return {};
    firmware::Candidate const applying(*device);
    auto place = upgrade::place_for(
        {.rollout = rollout, .device = applying, .origin = upgrade.origin, .upgrade = upgrade.id},
        now);
    place = rollout::when_taken(std::move(place), under.rhythm, now);
    TRY(tx.rollouts().take(rollout::when_handed_out(std::move(place), under.tempo, now)));
    TRY(tx.rollouts().spend(
        rollout.id, 1,
        {.per_minute = rollout.plan.per_minute_max, .burst = rollout::burst_of(rollout.plan)},
        now));
    return {};
}

// It counts once: of a device that was judged, a further upgrade changes nothing.
bool is_over(Place const& place) {
    return place.judged != Judged::neutral && place.judged != Judged::unsettled;
}

Result<void> hand_out(Tx& tx, Under const& under, Upgrade const& upgrade, Instant now) {
    bool const decides =
        upgrade.origin == Origin::rollout || under.rollout->state != rollout::State::finished;
    TRY_ASSIGN(auto const place, tx.rollouts().place(under.rollout->id, upgrade.did));
    if (!place) {
        return decides ? take_for_order(tx, under, upgrade, now) : Result<void>{};
    }
    if (place->upgrade == upgrade.id) {
        return tx.rollouts().move(*place, rollout::when_handed_out(*place, under.tempo, now));
    }
    if (is_over(*place) || place->in_flight) return {};
    auto again = rollout::when_tried_again(*place, upgrade.id, under.rhythm, now);
    return tx.rollouts().move(*place, rollout::when_handed_out(std::move(again), under.tempo, now));
}

// What `reported` means for a device that had installed the release of `under`.
rollout::Reported meaning_of(Under const& under, fleet::Device const& device, Place const& place) {
    if (device.installed != place.upgrade) return rollout::Reported::ordered;
    auto const& catalog = *under.catalog;
    auto const* const target = firmware::find_release(catalog, under.rollout->release);
    auto const* const runs = firmware::running(catalog, device.version, target);
    if (runs == target) return rollout::Reported::target;
    return runs != nullptr && target < runs ? rollout::Reported::later : rollout::Reported::other;
}

}  // namespace

Result<void> Outcomes::progressed(Tx& tx, Upgrade const& upgrade, Instant now) const {
    if (upgrade.started_at != now || upgrade.origin == Origin::by_operator) return {};
    TRY_ASSIGN(auto const under,
               rollout_of(tx, upgrade.model, upgrade.release_id, polling_, serving_.since(now)));
    if (under.rollout == nullptr) return {};
    return hand_out(tx, under, upgrade, now);
}

Result<void> Outcomes::ended(Tx& tx, Upgrade const& upgrade, Instant now) const {
    if (upgrade.origin == Origin::by_operator) return {};
    TRY_ASSIGN(auto const under,
               rollout_of(tx, upgrade.model, upgrade.release_id, polling_, serving_.since(now)));
    if (under.rollout == nullptr) return {};
    // Some devices begin and end in one report.
    if (upgrade.started_at == now) TRY(hand_out(tx, under, upgrade, now));
    TRY_ASSIGN(auto const place, tx.rollouts().place(under.rollout->id, upgrade.did));
    if (!place || place->upgrade != upgrade.id) return {};
    TRY_ASSIGN(auto const signs, signs_of(tx, upgrade));
    return tx.rollouts().move(*place,
                              looked_at(*place, under.rollout->plan, under.tempo, signs, now));
}

Result<void> Outcomes::version_reported(Tx& tx, fleet::Device const& device, Instant now) const {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    for (auto const& rollout : catalog->rollouts) {
        if (!rollout.started_at) continue;
        TRY_ASSIGN(auto const place, tx.rollouts().place(rollout.id, device.did));
        if (!place || !place->succeeded_at) continue;
        TRY_ASSIGN(auto const under,
                   rollout_of(tx, device.model, rollout.release, polling_, serving_.since(now)));
        auto const reported = meaning_of(under, device, *place);
        if (!rollout::reverts(*place, rollout.plan, reported, now)) continue;
        TRY(tx.rollouts().move(*place, rollout::when_reverted(*place, under.tempo, now)));
    }
    return {};
}

}  // namespace updraft::staging
