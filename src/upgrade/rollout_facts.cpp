#include "upgrade/rollout_facts.h"

#include <algorithm>

#include "fleet/gateway.h"
#include "ports/devices_table.h"
#include "ports/rollouts_table.h"
#include "rollout/audience.h"
#include "rollout/coverage.h"

namespace updraft::upgrade {
namespace {

using rollout::Judged;
using rollout::Place;

bool fills_a_count_wave(rollout::Rollout const& rollout) {
    return rollout.mode == rollout::Mode::install && rollout.wave &&
           rollout.state != rollout::State::finished &&
           rollout.plan.waves[*rollout.wave].devices.has_value();
}

// Room for `wanted`, as if `held`, its place of before, were not taken.
Result<rollout::Room> room_for(Tx const& tx, Means const& means, rollout::Rollout const& rollout,
                               Place const& wanted, std::optional<Place> const& held, Instant now) {
    TRY_ASSIGN(auto const tallies, tx.rollouts().tallies(rollout.id));
    auto total = rollout::total_of_epoch(tallies, rollout.epoch);
    if (held && held->epoch == rollout.epoch) total -= rollout::tally_of(*held);
    total.in_flight = rollout::in_flight_of_all(tallies);
    rollout::Supply supply;
    if (wanted.wave > 0 && !held) {
        auto const whom = wanted.canary ? rollout::For::canary : rollout::For::others;
        supply.wave_places = rollout::places_left_in_wave(rollout, tallies, whom, now);
    }
    StartRate const rate{.per_minute = rollout.plan.per_minute_max,
                         .burst = rollout::burst_of(rollout.plan)};
    TRY_ASSIGN(supply.starts, tx.rollouts().starts_left(rollout.id, rate, now));
    if (means.start_room != nullptr) supply.free_downloads = means.start_room->free_downloads();
    return rollout::room(rollout.plan, total, supply);
}

// A start by itself after an earlier one: only transport failures are repeated, by the sweep
// (staging/settle.h).
void add_retry(Place const& held, RolloutFacts& facts) {
    facts.reasons.add(Reason::retry_later);
    if (held.judged == Judged::unsettled) facts.retry_at = held.retry_at;
}

Result<void> add_window(Tx const& tx, Means const& means, RolloutStart const& start,
                        std::string_view user_zone, Instant now, RolloutFacts& facts) {
    auto const& window = start.rollout.plan.window;
    if (!window) return {};
    fleet::Attributes attributes = start.device.attributes;
    if (attributes.empty() && window->zone == rollout::zone_of_device) {
        TRY_ASSIGN(attributes, tx.devices().attributes(start.device.device->did));
    }
    auto const zone = rollout::zone_of(*window, &attributes, user_zone, means.zones);
    facts.window = rollout::window_at(*window, zone, means.zones, now);
    facts.reasons.set(Reason::window, !facts.window->open);
    return {};
}

}  // namespace

bool starts_upgrades(firmware::Catalog const& catalog, rollout::Rollout const& rollout) {
    if (rollout.mode != rollout::Mode::install) return false;
    if (rollout.state != rollout::State::finished) return true;
    auto const is_later = [&](rollout::Rollout const& other) {
        return other.started_at > rollout.ended_at;
    };
    return rollout.audience.dynamic && !rollout.closed &&
           std::ranges::none_of(catalog.rollouts, is_later);
}

Place place_for(RolloutStart const& start, Instant now) {
    auto const& rollout = start.rollout;
    auto const& device = *start.device.device;
    Place place;
    place.rollout = rollout.id;
    place.did = device.did;
    place.epoch = rollout.epoch;
    place.open_id = device.open_id;
    place.family = fleet::family_of(device);
    place.canary = rollout::is_canary(rollout.audience, device);
    place.taken_at = now;
    if (start.upgrade) place.upgrade = *start.upgrade;
    bool const by_itself = start.origin == Origin::rollout;
    bool const in_a_wave = by_itself || (rollout.mode == rollout::Mode::offer &&
                                         rollout::wave_covers(rollout, device));
    if (in_a_wave && rollout.wave) place.wave = static_cast<std::int64_t>(*rollout.wave) + 1;
    place.one_each = by_itself && fills_a_count_wave(rollout);
    return place;
}

Result<RolloutFacts> rollout_facts_of(Tx const& tx, Means const& means, RolloutStart const& start,
                                      std::string_view user_zone, Instant now) {
    RolloutFacts facts;
    auto const& rollout = start.rollout;
    bool const by_itself = start.origin == Origin::rollout;
    if (by_itself) TRY(add_window(tx, means, start, user_zone, now, facts));
    if (start.origin == Origin::by_operator) return facts;
    TRY_ASSIGN(facts.place, tx.rollouts().place(rollout.id, start.device.device->did));
    auto const& held = facts.place;
    if (held && start.upgrade == held->upgrade) return facts;
    if (held && by_itself) add_retry(*held, facts);
    // It counts once, and counts already.
    if (held && held->judged != Judged::neutral && held->judged != Judged::unsettled) return facts;
    auto const wanted = place_for(start, now);
    if (wanted.one_each && !held) {
        TRY_ASSIGN(bool const relative, tx.rollouts().has_relative(wanted));
        facts.reasons.set(Reason::wave_not_yet, relative);
    }
    TRY_ASSIGN(auto const room, room_for(tx, means, rollout, wanted, held, now));
    if (room.places <= 0) facts.reasons.add(rollout::reason_of(room.binds));
    return facts;
}

rollout::Rhythm rhythm_of(firmware::Catalog const& catalog, Millis polling) {
    auto const seconds = catalog.model.polling_seconds;
    return {.polling = seconds ? Millis{std::chrono::seconds{*seconds}} : polling, .gap_p99 = {}};
}

}  // namespace updraft::upgrade
