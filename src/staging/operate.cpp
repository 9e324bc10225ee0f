#include "staging/operate.h"

#include <algorithm>
#include <string_view>

#include "access/operator.h"
#include "firmware/publish.h"
#include "ports/models_table.h"
#include "ports/operators_table.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "rollout/plan_changes.h"
#include "rollout/wave_course.h"
#include "staging/course.h"
#include "staging/wave_facts.h"
#include "vocabulary/if_found.h"

namespace updraft::staging {
namespace {

using rollout::Rollout;
using rollout::State;

Result<Rollout> found_rollout(Tx const& tx, RolloutId id) {
    return existing(tx.rollouts().find(id), "rollout", std::to_string(id.value));
}

Result<void> check_released(firmware::Release const& release) {
    switch (release.state) {
        case firmware::ReleaseState::draft:
            return fail(Errc::conflict, "firmwareId names a firmware that is not released yet");
        case firmware::ReleaseState::withdrawn:
            return fail(Errc::conflict, "firmwareId names a firmware that was withdrawn");
        case firmware::ReleaseState::released:
            break;
    }
    return {};
}

// Acts after which devices get the firmware.
bool brings_it(Act act) { return act != Act::deny && act != Act::pause && act != Act::stop; }

Result<void> check_right_to_approve(Tx const& tx, std::string const& by) {
    TRY_ASSIGN(auto const who, if_found(tx.operators().find(by)));
    if (who && who->approve) return {};
    return fail(Errc::forbidden, "approving needs an operator with the right \"approve\"");
}

Result<void> check_not_an_author(Rollout const& rollout, std::string const& by) {
    auto const same = [&](std::string const& name) {
        return access::folded(name) == access::folded(by);
    };
    if (!same(rollout.created_by) && std::ranges::none_of(rollout.edited_by, same)) return {};
    return fail(Errc::forbidden,
                "a rollout is approved by an operator who neither created nor edited it");
}

Result<Approval> approval_for(Tx const& tx, Rollout const& rollout) {
    TRY_ASSIGN(auto const model, tx.models().find(rollout.model));
    return model.approvals_min > 0 ? Approval::needed : Approval::not_needed;
}

std::string_view kind_of(Act act, State after) {
    switch (act) {
        case Act::submit:
        case Act::start:
            if (after == State::waiting_approval) return "submitted";
            return after == State::scheduled ? "scheduled" : "started";
        case Act::approve:
            return "approved";
        case Act::deny:
            return "denied";
        case Act::pause:
            return "paused";
        case Act::resume:
            return "resumed";
        case Act::stop:
            return word(after);
        case Act::next_wave:
            return "wave_opened";
    }
    return {};
}

Turn turn_of(Move const& wanted, Rollout const& after, std::string const& by) {
    Turn turn{.kind = std::string(kind_of(wanted.act, after.state)), .by = by};
    if (after.wave) turn.wave = static_cast<std::int64_t>(*after.wave) + 1;
    turn.text = wanted.note;
    return turn;
}

Result<void> check_late_edit(Rollout const& before, Rollout const& after) {
    auto const later = [](std::string_view member) {
        return fail(Errc::conflict, std::string(member) + " can only change in a draft");
    };
    if (after.mode != before.mode) return later("mode");
    if (after.start_at != before.start_at) return later("startAt");
    TRY(rollout::may_change_while_running(before.audience, after.audience));
    return rollout::may_change_while_running(before.plan, after.plan);
}

Result<OpenWave> open_wave(Tx const& tx, upgrade::Means const& means, Rollout const& rollout,
                           Act act, Instant now) {
    if (act != Act::next_wave || rollout.state != State::running) return OpenWave::not_passed;
    if (rollout.wave && rollout.waves[*rollout.wave].passed_at) return OpenWave::asks_approval;
    TRY_ASSIGN(auto const tallies, tx.rollouts().tallies(rollout.id));
    TRY_ASSIGN(auto const facts, shown_facts(tx, means, rollout, tallies));
    return rollout::passing(rollout, facts, now) == rollout::Passing::asks_approval
               ? OpenWave::asks_approval
               : OpenWave::not_passed;
}

// What a withdrawal says counts instead of the plan.
rollout::StopAction action_of(upgrade::Scope scope) {
    switch (scope) {
        case upgrade::Scope::queued:
            return rollout::StopAction::let_run;
        case upgrade::Scope::not_started:
            return rollout::StopAction::cancel_not_started;
        case upgrade::Scope::all:
            break;
    }
    return rollout::StopAction::cancel_all;
}

}  // namespace

Result<Rollout> create(Tx& tx, ToCreate const& wanted, std::string const& by, Instant now) {
    TRY_ASSIGN(auto const release, if_found(tx.releases().find(wanted.release)));
    if (!release) return fail(Errc::invalid, "firmwareId does not name a firmware");
    TRY(check_released(*release));
    TRY_ASSIGN(auto const open, tx.rollouts().open_of(wanted.release));
    if (open) {
        return fail(Errc::conflict, "rollout " + std::to_string(open->id.value) +
                                        " of this firmware is " + std::string(word(open->state)));
    }
    Rollout made;
    made.name = wanted.name;
    made.release = wanted.release;
    made.model = release->model;
    made.mode = wanted.mode;
    made.audience = wanted.audience;
    made.plan = wanted.plan;
    made.start_at = wanted.start_at;
    made.created_by = by;
    made.created_at = now;
    TRY_ASSIGN(made.id, tx.rollouts().insert(made));
    TRY(tx.rollouts().note(made.id, {.at = now, .kind = "created", .by = by}));
    return made;
}

Result<Changed> edit(Tx& tx, RolloutId id, Edit const& edit, std::string const& by, Instant now) {
    TRY_ASSIGN(auto const before, found_rollout(tx, id));
    auto after = before;
    TRY(edit(after));
    if (after == before) return Changed{before, after};
    if (before.state != State::draft) TRY(check_late_edit(before, after));
    after.edited_by.insert(by);
    auto const plain = [](Rollout of) {
        of.name.clear();
        of.edited_by.clear();
        return of;
    };
    if (before.state == State::scheduled && before.approved_by && plain(after) != plain(before)) {
        after.state = State::waiting_approval;
        after.approved_by.reset();
    }
    TRY(save(tx, after, {.kind = "changed", .by = by}, now));
    return Changed{before, std::move(after)};
}

Result<Changed> move(Tx& tx, upgrade::Means const& means, Move const& wanted, std::string const& by,
                     Instant now) {
    TRY_ASSIGN(auto const before, found_rollout(tx, wanted.id));
    if (wanted.act == Act::approve) TRY(check_right_to_approve(tx, by));
    TRY_ASSIGN(auto const wave, open_wave(tx, means, before, wanted.act, now));
    TRY(check(before, wanted.act, {.note = wanted.note, .acknowledged = wanted.acknowledged},
              wave));
    if (brings_it(wanted.act)) {
        TRY_ASSIGN(auto const release, tx.releases().find(before.release));
        TRY(check_released(release));
    }
    if (wanted.act == Act::approve) TRY(check_not_an_author(before, by));
    TRY_ASSIGN(auto const approval, approval_for(tx, before));
    auto after = staging::after(before, wanted.act, approval, now);
    if (wanted.act == Act::approve) after.approved_by = by;
    if (wanted.act == Act::deny) {
        // Without a rollout that decides about it, nobody gets it until an operator decides anew.
        TRY(firmware::make_available(tx, after.release, firmware::Availability::nobody, now));
    }
    TRY(save(tx, after, turn_of(wanted, after, by), now));
    return Changed{before, std::move(after)};
}

Result<Rollout> remove(Tx& tx, RolloutId id) {
    TRY_ASSIGN(auto removed, found_rollout(tx, id));
    if (removed.state != State::draft) {
        return fail(Errc::conflict, "only a draft can be removed, and this rollout is " +
                                        std::string(word(removed.state)));
    }
    TRY(tx.rollouts().remove(id));
    return removed;
}

Result<std::optional<Rollout>> stop_withdrawn(Tx& tx, ReleaseId release, upgrade::Scope scope,
                                              std::string const& by, Instant now) {
    TRY_ASSIGN(auto open, tx.rollouts().open_of(release));
    if (!open || open->state == State::draft) return std::optional<Rollout>{};
    open->plan.on_stop = action_of(scope);
    if (open->state != State::stopping) stop(*open, now);
    TRY(save(
        tx, *open,
        {.kind = std::string(word(open->state)), .by = by, .text = "the firmware was withdrawn"},
        now));
    return open;
}

}  // namespace updraft::staging
