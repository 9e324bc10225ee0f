#include "staging/steps.h"

#include <algorithm>
#include <utility>

#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "rollout/growth.h"
#include "rollout/window.h"
#include "staging/advance.h"
#include "staging/settle.h"
#include "upgrade/rollout_facts.h"
#include "vocabulary/if_found.h"

namespace updraft::staging {
namespace {

using rollout::Rollout;
using rollout::State;

constexpr std::int64_t places_at_once = 500;
constexpr int batches_at_once = 4;
constexpr Millis pause_max = std::chrono::seconds{2};
constexpr Millis pause_min{100};
constexpr Millis pause_in_backlog{20};
constexpr Millis recount_every = std::chrono::hours{1};
// The middle of a wave is found by counting hand-outs, so it is looked for at most so often.
constexpr Millis middle_every = std::chrono::minutes{1};

Millis shortest_time(rollout::Plan const& plan) {
    auto shortest = std::min({plan.settle_time, plan.revert_watch, plan.retry.after});
    if (plan.silent_after) shortest = std::min(shortest, *plan.silent_after);
    for (auto const& wave : plan.waves) {
        if (wave.soak > Millis{0}) shortest = std::min(shortest, wave.soak);
    }
    return shortest;
}

bool serves(State state) { return state == State::running || state == State::finished; }

Result<bool> has_room(Tx const& tx, upgrade::Means const& means, Rollout const& rollout,
                      std::span<rollout::WaveTally const> tallies, Instant now) {
    if (!serves(rollout.state)) return false;
    auto const total = rollout::total_of_epoch(tallies, rollout.epoch);
    rollout::Supply supply;
    supply.wave_places = rollout::places_left_in_wave(rollout, tallies, rollout::For::canary, now);
    StartRate const rate{.per_minute = rollout.plan.per_minute_max,
                         .burst = rollout::burst_of(rollout.plan)};
    TRY_ASSIGN(supply.starts, tx.rollouts().starts_left(rollout.id, rate, now));
    if (means.start_room != nullptr) supply.free_downloads = means.start_room->free_downloads();
    return rollout::room(rollout.plan, total, supply).places > 0;
}

std::int64_t taken_in(std::span<rollout::WaveTally const> tallies) {
    std::int64_t taken = 0;
    for (auto const& one : tallies) taken += one.tally.taken + one.tally.neutral;
    return taken;
}

// In the zone of the server where each device has its own.
bool window_is_open(upgrade::Means const& means, Rollout const& rollout, Instant now) {
    auto const& window = rollout.plan.window;
    if (!window || rollout.mode != rollout::Mode::install) return true;
    auto const zone = rollout::zone_of(*window, nullptr, means.time_zone, means.zones);
    return rollout::window_at(*window, zone, means.zones, now).open;
}

bool is_full(Rollout const& rollout) {
    return rollout.wave && rollout.waves[*rollout.wave].full_at.has_value();
}

// Hourly, and for each wave: it may have opened since the last count.
bool is_count_due(rollout::Rollout const& rollout, Instant now) {
    auto const counted_at = rollout.counted_at;
    if (!counted_at || now < *counted_at || now >= *counted_at + recount_every) return true;
    if (!rollout.wave || *rollout.wave >= rollout.waves.size()) return false;
    auto const opened_at = rollout.waves[*rollout.wave].opened_at;
    return opened_at && *counted_at < *opened_at;
}

}  // namespace

Millis pause_of(rollout::Plan const& plan) {
    return std::clamp(shortest_time(plan) / 4, pause_min, pause_max);
}

Result<Steps::Seen> Steps::look_at(Tx const& tx, RolloutId id, Instant now) const {
    Seen seen;
    TRY_ASSIGN(seen.rollout, tx.rollouts().find(id));
    TRY_ASSIGN(seen.tallies, tx.rollouts().tallies(id));
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(seen.rollout.model));
    seen.rhythm = upgrade::rhythm_of(*catalog, means_.polling);
    TRY_ASSIGN(seen.has_room, staging::has_room(tx, means_, seen.rollout, seen.tallies, now));
    TRY_ASSIGN(seen.has_due, would_settle(tx, means_, id, now));
    return seen;
}

Result<std::vector<Steps::Seen>> Steps::look(Instant now) const {
    auto const look_at_all = [&](Tx const& tx) -> Result<std::vector<Seen>> {
        std::vector<Seen> all;
        TRY_ASSIGN(auto const ids, tx.rollouts().to_step());
        for (auto const id : ids) {
            TRY_ASSIGN(auto seen, look_at(tx, id, now));
            all.push_back(std::move(seen));
        }
        return all;
    };
    return read(store_, look_at_all);
}

void Steps::follow(std::vector<Seen> const& all) {
    std::map<RolloutId, bool> has_room;
    std::array<std::int64_t, rollout::state_words.size()> by_state{};
    for (auto const& seen : all) {
        // Until its first wave opens nothing is known: devices may poll right after that.
        has_room[seen.rollout.id] = seen.has_room || !seen.rollout.wave;
        ++by_state[static_cast<std::size_t>(seen.rollout.state)];
    }
    std::erase_if(memories_, [&](auto const& one) { return !has_room.contains(one.first); });
    rooms_.renew(std::move(has_room));
    rooms_.count_states(by_state);
}

Result<Instant> Steps::step(Acts const& acts, Instant now) {
    serving_.tick(now);
    TRY_ASSIGN(auto const all, look(now));
    follow(all);
    auto pause = pause_max;
    for (auto const& seen : all) pause = std::min(pause, pause_of(seen.rollout.plan));
    if (all.empty()) return now + pause;
    TRY_ASSIGN(bool const ours, acts());
    if (!ours) return now + pause;
    for (auto const& seen : all) {
        auto const more = act(seen, now);
        if (more) {
            if (*more) pause = pause_in_backlog;
            continue;
        }
        // Another transaction was faster: the next step looks again.
        if (more.error().code != Errc::busy && more.error().code != Errc::not_found) {
            return pass(more);
        }
    }
    return now + pause;
}

Result<bool> Steps::act(Seen const& seen, Instant now) {
    auto const& rollout = seen.rollout;
    auto& memory = memories_[rollout.id];
    auto const id = rollout.id;
    if (rollout.state == State::scheduled) {
        if (!rollout.start_at || *rollout.start_at > now) return false;
        return write(store_, [id, now](Tx& tx) { return start_due(tx, id, now); });
    }
    bool more = false;
    if (seen.has_due) {
        TRY_ASSIGN(more, settle_some(seen, now));
    }
    if (rollout.state == State::halted || rollout.state == State::stopping) {
        TRY_ASSIGN(bool const cancels, cancel_some(seen, memory, now));
        return more || cancels;
    }
    if (!serves(rollout.state)) return more;
    TRY_ASSIGN(bool const counts, count_some(seen, memory, now));
    TRY(look_for_course(seen, memory, now));
    return more || counts;
}

Result<bool> Steps::settle_some(Seen const& seen, Instant now) {
    Sweep const sweep{seen.rollout, seen.rhythm,
                      rollout::tempo_of(seen.rollout.plan, seen.rhythm, serving_.since(now))};
    for (int batch = 0; batch < batches_at_once; ++batch) {
        TRY_ASSIGN(auto const settled, write(store_, [&](Tx& tx) {
                       return settle(tx, means_, sweep, places_at_once, now);
                   }));
        for (std::int64_t i = 0; i < settled.given_back; ++i) rooms_.count_given_back();
        if (settled.looked_at < places_at_once) return false;
    }
    return true;
}

// A count goes on while other rollouts have their steps.
Result<bool> Steps::count_some(Seen const& seen, Memory& memory, Instant now) {
    auto const& rollout = seen.rollout;
    if (!memory.count && !is_count_due(rollout, now)) return false;
    if (!memory.count) memory.count.emplace();
    TRY_ASSIGN(auto count, read(store_, [&](Tx const& tx) -> Result<AudienceCount> {
                   auto next = *memory.count;
                   TRY(count_more(tx, rollout, next));
                   return next;
               }));
    memory.count = std::move(count);
    if (!memory.count->complete) return true;
    auto const done = *std::exchange(memory.count, std::nullopt);
    TRY(write(store_, [&](Tx& tx) { return record_count(tx, rollout.id, done, now); }));
    return true;
}

Result<bool> Steps::cancel_some(Seen const& seen, Memory& memory, Instant now) {
    auto const id = seen.rollout.id;
    if (memory.cancelling != seen.rollout.revision) {
        auto const after = memory.cancelled_up_to;
        TRY_ASSIGN(auto const batch,
                   write(store_, [&](Tx& tx) { return cancel_batch(tx, means_, id, after, now); }));
        memory.cancelled_up_to = batch.next.value_or(Did{});
        if (batch.next) return true;
        memory.cancelling = seen.rollout.revision;
    }
    if (seen.rollout.state != State::stopping) return false;
    if (rollout::in_flight_of_all(seen.tallies) > 0) return false;
    TRY(write(store_, [&](Tx& tx) { return stop_if_done(tx, id, now); }));
    return false;
}

Result<rollout::WaveFacts> Steps::wave_facts(Seen const& seen, Memory& memory, Instant now) const {
    auto const& rollout = seen.rollout;
    rollout::WaveFacts facts{
        .tallies = seen.tallies,
        .tempo = rollout::tempo_of(rollout.plan, seen.rhythm, serving_.since(now))};
    if (memory.idle > Millis{0}) facts.idle_since = now - memory.idle;
    auto const& course = rollout.waves[*rollout.wave];
    auto const soak = rollout.plan.waves[*rollout.wave].soak;
    bool const may_be_half =
        !is_full(rollout) && course.opened_at && now >= *course.opened_at + soak;
    if (!may_be_half) return facts;
    if (now >= memory.middle_look) {
        auto const wave = static_cast<std::int64_t>(*rollout.wave) + 1;
        auto const older = now - soak;
        TRY_ASSIGN(auto const count, read(store_, [&](Tx const& tx) {
                       return tx.rollouts().handed_out_between(rollout.id, wave, Instant{}, older);
                   }));
        auto const all = rollout::total_of_wave(seen.tallies, wave).handed_out;
        memory.middle.reset();
        if (all > 0 && 2 * count >= all) memory.middle = older;
        memory.middle_look = now + std::clamp(soak / 4, pause_min, middle_every);
    }
    facts.middle_handed_out_at = memory.middle;
    return facts;
}

// Reads first, and writes only when something changes.
Result<void> Steps::look_for_course(Seen const& seen, Memory& memory, Instant now) {
    auto const& rollout = seen.rollout;
    auto const id = rollout.id;
    auto const taken = taken_in(seen.tallies);
    bool const nobody = memory.taken == taken && seen.has_room && now >= memory.looked_at &&
                        window_is_open(means_, rollout, now);
    if (memory.taken != taken) memory.idle = Millis{0};
    if (nobody) memory.idle += now - memory.looked_at;
    memory.taken = taken;
    memory.looked_at = now;
    if (halts(rollout, seen.tallies)) {
        TRY_ASSIGN(auto const reason,
                   write(store_, [&](Tx& tx) { return halt_if_failing(tx, id, now); }));
        if (reason) rooms_.count_halt(*reason);
        return {};
    }
    if (rollout.state == State::finished) {
        TRY_ASSIGN(bool const done,
                   read(store_, [&](Tx const& tx) { return is_done(tx, rollout, now); }));
        if (done) TRY(write(store_, [&](Tx& tx) { return close(tx, id, now); }));
        return {};
    }
    if (!rollout.wave) return {};
    TRY_ASSIGN(auto const facts, wave_facts(seen, memory, now));
    auto noted = rollout;
    rollout::note_full(noted, seen.tallies, now);
    auto const passing = rollout::passing(noted, facts, now);
    bool const asks = passing == rollout::Passing::asks_approval;
    bool const asked = rollout.waves[*rollout.wave].passed_at.has_value();
    bool const passes = passing != rollout::Passing::not_yet && !(asks && asked);
    if (!passes && noted == rollout) return {};
    Passed const passed{facts.middle_handed_out_at, facts.idle_since, facts.tempo};
    if (passes) memory.middle.reset();
    return write(store_, [&](Tx& tx) { return pass_if_due(tx, id, passed, now); });
}

}  // namespace updraft::staging
