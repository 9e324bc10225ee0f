#include "staging/advance.h"

#include <algorithm>
#include <string>

#include "audit/record.h"
#include "firmware/eligibility.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "rollout/gate.h"
#include "rollout/growth.h"
#include "staging/course.h"
#include "staging/take_place.h"
#include "upgrade/cancel.h"
#include "upgrade/lifecycle.h"
#include "upgrade/rollout_facts.h"

namespace updraft::staging {
namespace {

using rollout::HaltReason;
using rollout::Rollout;
using rollout::State;

constexpr std::int64_t cancels_at_once = 500;

std::int64_t number_of_wave(Rollout const& rollout) {
    return static_cast<std::int64_t>(rollout.wave.value_or(0)) + 1;
}

// Stores what the server did by itself, and records it.
Result<void> save_and_record(Tx& tx, Rollout const& before, Rollout& after, Turn const& turn,
                             std::string_view action, Instant now) {
    TRY(save(tx, after, turn, now));
    audit::Changes changes;
    changes.add("state", word(before.state), word(after.state));
    if (before.wave != after.wave && after.wave) {
        auto const wave_before = before.wave ? std::optional(number_of_wave(before)) : std::nullopt;
        changes.add("wave", wave_before, number_of_wave(after));
    }
    return audit::record(tx, access::the_server(action),
                         {.object_kind = "rollout",
                          .object_id = std::to_string(after.id.value),
                          .changes = std::move(changes),
                          .effect = turn.text},
                         now);
}

// The open wave has passed; the next one is opened by an operator.
Result<void> ask_for_next(Tx& tx, Rollout const& before, Rollout& after, Instant now) {
    auto& passed_at = after.waves[*after.wave].passed_at;
    if (passed_at) return after == before ? Result<void>{} : tx.rollouts().replace(after);
    passed_at = now;
    return save(tx, after,
                {.kind = "wave_passed",
                 .wave = number_of_wave(after),
                 .text = "the next wave opens by next-wave"},
                now);
}

// "failing: 3 of 40 settled devices are bad".
std::string sentence_of(HaltReason reason, rollout::Tally const& total) {
    std::string text(word_in(rollout::halt_reason_words, reason));
    auto const of = [](std::int64_t some, std::int64_t all) {
        return std::to_string(some) + " of " + std::to_string(all);
    };
    switch (reason) {
        case HaltReason::failing:
            return text + ": " + of(total.aligned_bad, total.good + total.aligned_bad) +
                   " devices that were judged are bad";
        case HaltReason::failing_fast:
        case HaltReason::harmed:
            return text + ": " + of(total.bad(), total.handed_out) +
                   " devices that fetched it are bad";
        case HaltReason::unreachable:
            return text + ": " + of(total.aligned_unreached, total.settled()) +
                   " devices could not be reached";
    }
    return text;
}

// Whether an upgrade in that state is asked to stop.
bool is_stopped(rollout::StopAction action, upgrade::State state) {
    using upgrade::State;
    if (!upgrade::is_running(state) || state == State::cancelling) return false;
    if (action == rollout::StopAction::cancel_all) return true;
    return action == rollout::StopAction::cancel_not_started && state <= State::downloaded;
}

// The queued upgrade of a rollout that is being stopped vanishes: nobody ordered it.
Result<bool> cancel_one(Tx& tx, upgrade::Means const& means, Rollout const& rollout,
                        PlaceRow const& row, Instant now) {
    if (!row.upgrade) return false;
    auto const& upgrade = *row.upgrade;
    if (upgrade.state == upgrade::State::queued) {
        if (rollout.state != State::stopping || upgrade.origin != upgrade::Origin::rollout) {
            return false;
        }
        TRY(give_back(tx, row.place, now));
        return true;
    }
    auto const action =
        rollout.state == State::halted ? rollout.plan.on_halt : rollout.plan.on_stop;
    if (!is_stopped(action, upgrade.state)) return false;
    auto const asked = upgrade::Force::ask_the_device;
    TRY(upgrade::cancel_by_operator(tx, means, upgrade.id, asked, now));
    return true;
}

}  // namespace

Result<bool> start_due(Tx& tx, RolloutId id, Instant now) {
    TRY_ASSIGN(auto const before, tx.rollouts().find(id));
    if (before.state != State::scheduled || !before.start_at || *before.start_at > now) {
        return false;
    }
    auto after = before;
    begin(after, now);
    TRY(save_and_record(tx, before, after, {.kind = "started", .text = "its time has come"},
                        "startRollout", now));
    return true;
}

Result<void> record_count(Tx& tx, RolloutId id, AudienceCount const& count, Instant now) {
    TRY_ASSIGN(auto rollout, tx.rollouts().find(id));
    if (rollout.state != State::running && rollout.state != State::finished) return {};
    TRY_ASSIGN(auto const tallies, tx.rollouts().tallies(id));
    std::int64_t had = 0;
    for (auto const& one : tallies) had += one.tally.good;
    bool const first = !rollout.wave;
    set_audience(rollout, count, had, now);
    if (!first) {
        TRY(tx.rollouts().replace(rollout));
        return {};
    }
    return save(tx, rollout,
                {.kind = "wave_opened",
                 .wave = 1,
                 .text = std::to_string(*rollout.audience_count) + " devices in the audience"},
                now);
}

std::optional<HaltReason> halts(Rollout const& rollout,
                                std::span<rollout::WaveTally const> tallies) {
    bool const late =
        rollout.state == State::finished && rollout.audience.dynamic && !rollout.closed;
    if (rollout.state != State::running && !late) return std::nullopt;
    return rollout::judge(rollout.plan, rollout::total_of_epoch(tallies, rollout.epoch));
}

Result<std::optional<HaltReason>> halt_if_failing(Tx& tx, RolloutId id, Instant now) {
    TRY_ASSIGN(auto const before, tx.rollouts().find(id));
    TRY_ASSIGN(auto const tallies, tx.rollouts().tallies(id));
    auto const reason = halts(before, tallies);
    if (!reason) return reason;
    auto after = before;
    after.state = State::halted;
    after.reason = reason;
    auto const total = rollout::total_of_epoch(tallies, before.epoch);
    TRY(save_and_record(
        tx, before, after,
        {.kind = "halted", .wave = number_of_wave(before), .text = sentence_of(*reason, total)},
        "haltRollout", now));
    return reason;
}

Result<void> pass_if_due(Tx& tx, RolloutId id, Passed const& facts, Instant now) {
    TRY_ASSIGN(auto const before, tx.rollouts().find(id));
    if (before.state != State::running) return {};
    TRY_ASSIGN(auto const tallies, tx.rollouts().tallies(id));
    if (halts(before, tallies)) return {};
    auto after = before;
    rollout::note_full(after, tallies, now);
    rollout::WaveFacts const wave{.tallies = tallies,
                                  .tempo = facts.tempo,
                                  .middle_handed_out_at = facts.middle_handed_out_at,
                                  .idle_since = facts.idle_since};
    auto const passing = rollout::passing(after, wave, now);
    if (passing == rollout::Passing::asks_approval) return ask_for_next(tx, before, after, now);
    if (passing == rollout::Passing::not_yet) {
        return after == before ? Result<void>{} : tx.rollouts().replace(after);
    }
    bool const opened = open_next_wave(after, now);
    Turn const turn{.kind = opened ? "wave_opened" : "finished",
                    .wave = number_of_wave(after),
                    .text = opened ? "the wave before it has passed" : "all waves have passed"};
    return save_and_record(tx, before, after, turn, opened ? "openWave" : "finishRollout", now);
}

Result<CancelBatch> cancel_batch(Tx& tx, upgrade::Means const& means, RolloutId id,
                                 Did const& after, Instant now) {
    TRY_ASSIGN(auto const rollout, tx.rollouts().find(id));
    CancelBatch done;
    if (rollout.state != State::halted && rollout.state != State::stopping) return done;
    TRY_ASSIGN(auto const batch, tx.rollouts().in_flight(id, after, cancels_at_once));
    for (auto const& row : batch.rows) {
        TRY_ASSIGN(bool const cancelled, cancel_one(tx, means, rollout, row, now));
        if (cancelled) ++done.cancelled;
    }
    done.next = batch.next;
    return done;
}

Result<bool> stop_if_done(Tx& tx, RolloutId id, Instant now) {
    TRY_ASSIGN(auto const before, tx.rollouts().find(id));
    if (before.state != State::stopping) return false;
    TRY_ASSIGN(auto const tallies, tx.rollouts().tallies(id));
    if (rollout::in_flight_of_all(tallies) > 0) return false;
    auto after = before;
    after.state = State::stopped;
    after.ended_at = now;
    TRY(save_and_record(tx, before, after,
                        {.kind = "stopped", .text = "no upgrade of it is under way"}, "stopRollout",
                        now));
    return true;
}

Result<bool> is_done(Tx const& tx, Rollout const& rollout, Instant now) {
    if (rollout.state != State::finished || rollout.closed || !rollout.ended_at) return false;
    if (now < *rollout.ended_at + rollout.plan.revert_watch) return false;
    TRY_ASSIGN(auto const next, tx.rollouts().next_check(rollout.id));
    if (next) return false;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(rollout.model));
    auto const* const release = firmware::find_release(*catalog, rollout.release);
    if (release == nullptr || release->state != firmware::ReleaseState::released) return true;
    if (!rollout.audience.dynamic || rollout.mode == rollout::Mode::offer) return true;
    return !upgrade::starts_upgrades(*catalog, rollout);
}

Result<void> close(Tx& tx, RolloutId id, Instant now) {
    TRY_ASSIGN(auto rollout, tx.rollouts().find(id));
    TRY_ASSIGN(bool const done, is_done(tx, rollout, now));
    if (!done) return {};
    rollout.closed = true;
    return tx.rollouts().replace(rollout);
}

}  // namespace updraft::staging
