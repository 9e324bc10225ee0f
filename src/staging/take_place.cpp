#include "staging/take_place.h"

#include <memory>
#include <ranges>
#include <vector>

#include "firmware/eligibility.h"
#include "ports/devices_table.h"
#include "ports/orders_table.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "ports/upgrades_table.h"
#include "rollout/coverage.h"
#include "upgrade/admission.h"
#include "upgrade/facts.h"
#include "upgrade/open.h"

namespace updraft::staging {
namespace {

using upgrade::Means;
using upgrade::Origin;
using upgrade::Upgrade;

constexpr upgrade::Start by_rollout{.origin = Origin::rollout};

// What would be started.
struct Candidate {
    std::shared_ptr<firmware::Catalog const> catalog = {};  // Owns the others.
    firmware::Release const* release = nullptr;
    rollout::Rollout const* rollout = nullptr;
};

bool gives_way(std::optional<Upgrade> const& active) {
    return !active ||
           (active->state == upgrade::State::queued && active->origin == Origin::rollout);
}

bool may_take(Means const& means, firmware::Catalog const& catalog, rollout::Rollout const& rollout,
              fleet::Device const& device) {
    bool const serves =
        rollout.state == rollout::State::running || rollout.state == rollout::State::finished;
    return serves && upgrade::starts_upgrades(catalog, rollout) &&
           rollout::wave_covers(rollout, device) &&
           (means.start_room == nullptr || means.start_room->may_have_room(rollout.id));
}

// The releases that rollouts would bring to the device now, as far as memory knows, the newest
// first. What it runs or is getting, and what is older than that, is not among them.
std::vector<Candidate> candidates_in(Means const& means, firmware::Catalog const& catalog,
                                     fleet::Device const& device,
                                     std::optional<Upgrade> const& active) {
    std::vector<Candidate> found;
    for (auto const& release : std::views::reverse(catalog.releases)) {
        if (active && active->release_id == release.id) break;
        if (release.version == device.version) break;
        auto const* const rollout = firmware::find_rollout(catalog, release.id);
        if (rollout != nullptr && may_take(means, catalog, *rollout, device)) {
            found.push_back({.release = &release, .rollout = rollout});
        }
    }
    return found;
}

Result<bool> would_take(Tx const& tx, Means const& means, fleet::Device const& device,
                        Candidate const& candidate, Instant now) {
    // Nobody is taken twice by itself.
    TRY_ASSIGN(auto const taken, tx.rollouts().place(candidate.rollout->id, device.did));
    if (taken) return false;
    upgrade::Subject const subject{
        .device = device, .active = std::nullopt, .starting = Origin::rollout};
    using upgrade::Surroundings;
    TRY_ASSIGN(auto const surroundings, Surroundings::of(tx, means, std::span(&subject, 1),
                                                         Surroundings::Policies::of_all, now));
    TRY_ASSIGN(auto const facts, facts_of(tx, means, subject, candidate.release, surroundings,
                                          upgrade::Asking::device));
    return holding_back(facts.reasons, by_rollout).empty();
}

// The first one that nothing holds back.
Result<Candidate> choose(Tx const& tx, Means const& means, fleet::Device const& device,
                         std::optional<Upgrade> const& active, Instant now) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    if (catalog->rollouts.empty()) return Candidate{};
    for (auto& candidate : candidates_in(means, *catalog, device, active)) {
        TRY_ASSIGN(bool const takes, would_take(tx, means, device, candidate, now));
        candidate.catalog = catalog;
        if (takes) return candidate;
    }
    return Candidate{};
}

Result<UpgradeId> open_upgrade(Tx& tx, Means const& means, fleet::Device const& device,
                               firmware::Release const& release, Instant now) {
    auto upgrade =
        upgrade::queued(device, release, means.id_source.order_id(now), means.limits, now);
    upgrade.origin = Origin::rollout;
    TRY_ASSIGN(auto const id, tx.upgrades().open(upgrade));
    TRY(tx.orders().put({.order_id = upgrade.order_id,
                         .appid = std::nullopt,
                         .open_id = device.open_id,
                         .created_at = now,
                         .first = id,
                         .last = id,
                         .origin = Origin::rollout,
                         .release_id = upgrade.release_id,
                         .upgrades = 1}));
    return id;
}

Result<bool> spend(Tx& tx, rollout::Rollout const& rollout, Instant now) {
    return tx.rollouts().spend(
        rollout.id, 1,
        {.per_minute = rollout.plan.per_minute_max, .burst = rollout::burst_of(rollout.plan)}, now);
}

// The queued upgrade of an older release's rollout makes room for this one.
Result<void> replace(Tx& tx, Upgrade const& older, Instant now) {
    TRY_ASSIGN(auto const places, tx.rollouts().places_of(older.did));
    for (auto const& place : places) {
        if (place.upgrade == older.id) return give_back(tx, place, now);
    }
    return tx.upgrades().remove(older.id);
}

}  // namespace

Result<bool> would_take_place(Tx const& tx, Means const& means, fleet::Device const& device,
                              std::optional<Upgrade> const& active, Instant now) {
    if (!gives_way(active)) return false;
    TRY_ASSIGN(auto const chosen, choose(tx, means, device, active, now));
    return chosen.release != nullptr;
}

Result<std::optional<RolloutId>> take_place(Tx& tx, Means const& means, Did const& did,
                                            Instant now) {
    TRY_ASSIGN(auto const device, tx.devices().find(did));
    TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
    if (!gives_way(active)) return std::nullopt;
    TRY_ASSIGN(auto const candidate, choose(tx, means, device, active, now));
    if (candidate.release == nullptr) return std::nullopt;
    auto const& rollout = *candidate.rollout;
    TRY_ASSIGN(bool const spent, spend(tx, rollout, now));
    if (!spent) return std::nullopt;
    if (active) TRY(replace(tx, *active, now));
    TRY_ASSIGN(auto const id, open_upgrade(tx, means, device, *candidate.release, now));
    firmware::Candidate const applying(device);
    auto place = upgrade::place_for({.rollout = rollout, .device = applying, .upgrade = id}, now);
    TRY(tx.rollouts().take(rollout::when_taken(
        std::move(place), upgrade::rhythm_of(*candidate.catalog, means.polling), now)));
    return rollout.id;
}

Result<void> give_back(Tx& tx, rollout::Place const& place, Instant now) {
    auto const removed = tx.upgrades().remove(place.upgrade);
    if (!removed && removed.error().code != Errc::not_found) return removed;
    if (!place.handed_out_at) return tx.rollouts().give_back(place);
    auto waits = place;
    waits.in_flight = false;
    waits.retry_at = now;
    waits.check_at = now;
    --waits.tries;
    return tx.rollouts().move(place, waits);
}

Result<void> try_again(Tx& tx, Means const& means, rollout::Place const& place, Instant now) {
    TRY_ASSIGN(auto const device, tx.devices().find(place.did));
    TRY_ASSIGN(auto const rollout, tx.rollouts().find(place.rollout));
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(rollout.model));
    auto const* const release = firmware::find_release(*catalog, rollout.release);
    if (release == nullptr) return fail(Errc::corrupt, "a rollout's release is not in its catalog");
    TRY_ASSIGN(auto const id, open_upgrade(tx, means, device, *release, now));
    auto const rhythm = upgrade::rhythm_of(*catalog, means.polling);
    return tx.rollouts().move(place, rollout::when_tried_again(place, id, rhythm, now));
}

}  // namespace updraft::staging
