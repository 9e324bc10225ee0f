#include "staging/course.h"

#include "ports/announcements_table.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "rollout/audience.h"
#include "rollout/wave_course.h"

namespace updraft::staging {
namespace {

using rollout::Rollout;
using rollout::State;

// Nothing: the state says nothing about it.
std::optional<firmware::Availability> availability_in(Rollout const& rollout) {
    switch (rollout.state) {
        case State::draft:
            return std::nullopt;
        case State::halted:
        case State::stopping:
        case State::stopped:
            return firmware::Availability::nobody;
        case State::finished:
            return rollout::is_narrowed(rollout.audience) ? firmware::Availability::rollout
                                                          : firmware::Availability::everyone;
        default:
            return firmware::Availability::rollout;
    }
}

// Devices may be offered it, or what was before it, from now on.
bool changes_offers(Rollout const& before, Rollout const& after) {
    if (after.mode == rollout::Mode::install && after.state != State::finished) {
        return before.state != after.state;
    }
    return before.state != after.state || before.wave != after.wave ||
           before.waves != after.waves || before.audience != after.audience;
}

Result<bool> set_availability(Tx& tx, Rollout const& rollout, Instant now) {
    auto const wanted = availability_in(rollout);
    if (!wanted) return false;
    TRY_ASSIGN(auto release, tx.releases().find(rollout.release));
    if (release.state != firmware::ReleaseState::released || release.availability == *wanted) {
        return false;
    }
    release.availability = *wanted;
    release.changed_at = now;
    TRY(tx.releases().replace(release));
    return true;
}

}  // namespace

void begin(Rollout& rollout, Instant now) {
    rollout.state = State::running;
    rollout.reason.reset();
    rollout.started_at = now;
    rollout.ended_at.reset();
    rollout.wave.reset();
    rollout.waves.clear();
    rollout.audience_count.reset();
    rollout.counted_at.reset();
}

bool open_next_wave(Rollout& rollout, Instant now) {
    rollout::pass_wave(rollout, now);
    return rollout.state != State::finished;
}

void begin_anew(Rollout& rollout) {
    rollout.state = State::running;
    rollout.reason.reset();
    ++rollout.epoch;
}

Result<void> save(Tx& tx, Rollout& rollout, Turn const& turn, Instant now) {
    TRY_ASSIGN(auto const before, tx.rollouts().find(rollout.id));
    if (before.state != rollout.state) rollout.changed_at = now;
    TRY(tx.rollouts().replace(rollout));
    ++rollout.revision;
    TRY_ASSIGN(bool const changed, set_availability(tx, rollout, now));
    if (changed || (rollout::decides(rollout.state) && changes_offers(before, rollout))) {
        TRY(tx.announcements().stop(rollout.release));  // Two walks of a release may not meet.
        TRY(tx.announcements().open(
            {.release = rollout.release, .model = rollout.model, .created_at = now}));
    }
    return tx.rollouts().note(
        rollout.id,
        {.at = now, .kind = turn.kind, .by = turn.by, .wave = turn.wave, .text = turn.text});
}

}  // namespace updraft::staging
