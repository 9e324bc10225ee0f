#include "staging/settle.h"

#include <algorithm>

#include "firmware/eligibility.h"
#include "fleet/gateway.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrades_table.h"
#include "staging/take_place.h"
#include "upgrade/lifecycle.h"
#include "vocabulary/if_found.h"

namespace updraft::staging {
namespace {

using rollout::Judged;
using rollout::Place;
using rollout::Signs;

// The state before the end is that of the entry before the last one.
Result<upgrade::State> state_before_end(Tx const& tx, upgrade::Upgrade const& upgrade) {
    if (!upgrade::is_final(upgrade.state)) {
        return upgrade.state == upgrade::State::cancelling ? upgrade.resume_state : upgrade.state;
    }
    for (std::int64_t later = 1; later <= 2; ++later) {
        TRY_ASSIGN(auto const entry, tx.timelines().from_end(upgrade.id, later));
        if (!entry) break;
        if (!upgrade::is_final(entry->state) && entry->state != upgrade::State::cancelling) {
            return entry->state;
        }
    }
    return upgrade.state;
}

Result<bool> has_all_bytes(Tx const& tx, upgrade::Upgrade const& upgrade) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(upgrade.model));
    auto const* const release = firmware::find_release(*catalog, upgrade.release_id);
    auto const size = release != nullptr && release->artifact ? release->artifact->bytes : 0;
    if (size > 0 && upgrade.bytes_served >= size) return true;
    TRY_ASSIGN(auto const state, state_before_end(tx, upgrade));
    return state >= upgrade::State::downloaded && state <= upgrade::State::verifying;
}

Result<Signs> signs_of_row(Tx const& tx, upgrade::Means const& means, PlaceRow const& row) {
    Signs signs;
    if (!row.device_exists || !row.upgrade) return signs;
    TRY_ASSIGN(signs, signs_of(tx, *row.upgrade));
    TRY_ASSIGN(auto const device, tx.devices().find(row.place.did));
    if (device.model != row.upgrade->model) return Signs{};
    signs.heard_at = upgrade::last_sign(means.presence, device.did, row.last_seen);
    return signs;
}

// While its gateway is silent nothing is known of a sub-device.
bool gateway_is_silent(upgrade::Means const& means, PlaceRow const& row,
                       fleet::Device const& device, rollout::Tempo const& tempo, Instant now) {
    if (!device.gateway_did) return false;
    auto const heard =
        upgrade::last_sign(means.presence, *device.gateway_did, row.gateway_last_seen);
    return !heard || now - *heard >= tempo.silence;
}

Result<void> look_at(Tx& tx, upgrade::Means const& means, Sweep const& sweep, PlaceRow const& row,
                     Instant now) {
    TRY_ASSIGN(auto const signs, signs_of_row(tx, means, row));
    auto tempo = sweep.tempo;
    if (row.device_exists) {
        TRY_ASSIGN(auto const device, tx.devices().find(row.place.did));
        // As if it had been heard now.
        if (gateway_is_silent(means, row, device, tempo, now) &&
            row.place.judged != Judged::silent) {
            tempo.served_since = now;
        }
    }
    auto after = looked_at(row.place, sweep.rollout.plan, tempo, signs, now);
    // Looking must not repeat at once, whatever is still lacking.
    if (after.check_at && *after.check_at <= now) after.check_at = now + sweep.rhythm.polling;
    if (after == row.place) return {};
    return tx.rollouts().move(row.place, after);
}

bool may_start(rollout::State state) {
    return state == rollout::State::running || state == rollout::State::finished;
}

// A retry waits until the device is there.
Result<bool> retry(Tx& tx, upgrade::Means const& means, Sweep const& sweep, PlaceRow const& row,
                   Instant now) {
    auto const& place = row.place;
    bool const due = place.judged == Judged::unsettled && !place.in_flight && place.retry_at &&
                     *place.retry_at <= now && row.device_exists;
    if (!due) return false;
    TRY_ASSIGN(auto const active, tx.upgrades().active_id_of(place.did));
    auto const heard = upgrade::last_sign(means.presence, place.did, row.last_seen);
    bool const is_there =
        heard && now - *heard <= fleet::silent_after_intervals * sweep.rhythm.polling;
    if (!active && is_there && may_start(sweep.rollout.state)) {
        TRY(try_again(tx, means, place, now));
        return true;
    }
    auto waits = place;
    waits.check_at = now + sweep.rhythm.polling;
    TRY(tx.rollouts().move(place, waits));
    return true;
}

bool is_unused(PlaceRow const& row, Sweep const& sweep, Instant now) {
    bool const queued = row.upgrade && row.upgrade->state == upgrade::State::queued;
    auto const& place = row.place;
    if (!queued || place.wave == 0) return false;
    if (rollout::goes_back(place, sweep.rhythm, now)) return true;
    // Of a retry: its upgrade is younger than the place.
    return place.handed_out_at && place.in_flight &&
           now >= row.upgrade->created_at + rollout::give_back_after(sweep.rhythm);
}

}  // namespace

Result<Signs> signs_of(Tx const& tx, upgrade::Upgrade const& upgrade) {
    Signs signs;
    signs.state = upgrade.state;
    signs.cause = upgrade.cause;
    signs.ended_at = upgrade.finished_at;
    TRY_ASSIGN(signs.has_all_bytes, has_all_bytes(tx, upgrade));
    return signs;
}

Place looked_at(Place place, rollout::Plan const& plan, rollout::Tempo const& tempo,
                Signs const& signs, Instant now) {
    auto after = rollout::when_looked_at(std::move(place), plan, tempo, signs, now);
    if (after.retry_at)
        after.check_at = std::min(after.check_at.value_or(*after.retry_at), *after.retry_at);
    return after;
}

Result<Settled> settle(Tx& tx, upgrade::Means const& means, Sweep const& sweep, std::int64_t limit,
                       Instant now) {
    Settled settled;
    TRY_ASSIGN(auto const due, tx.rollouts().due(sweep.rollout.id, now, limit));
    settled.looked_at = std::ssize(due);
    for (auto const& row : due) {
        if (is_unused(row, sweep, now)) {
            TRY(give_back(tx, row.place, now));
            ++settled.given_back;
            continue;
        }
        TRY_ASSIGN(bool const retried, retry(tx, means, sweep, row, now));
        if (!retried) TRY(look_at(tx, means, sweep, row, now));
    }
    TRY_ASSIGN(auto const silent,
               tx.rollouts().places({.rollout = sweep.rollout.id, .judged = Judged::silent},
                                    {.after = {}, .limit = limit}));
    for (auto const& row : silent.items) {
        auto const heard = upgrade::last_sign(means.presence, row.place.did, row.last_seen);
        if (heard > row.place.judged_at) TRY(look_at(tx, means, sweep, row, now));
    }
    return settled;
}

Result<bool> would_settle(Tx const& tx, upgrade::Means const& means, RolloutId rollout,
                          Instant now) {
    TRY_ASSIGN(auto const next, tx.rollouts().next_check(rollout));
    if (next && *next <= now) return true;
    TRY_ASSIGN(auto const silent,
               tx.rollouts().places({.rollout = rollout, .judged = Judged::silent},
                                    {.after = {}, .limit = 500}));
    return std::ranges::any_of(silent.items, [&](PlaceRow const& row) {
        return upgrade::last_sign(means.presence, row.place.did, row.last_seen) >
               row.place.judged_at;
    });
}

}  // namespace updraft::staging
