#include "usecases/rollouts.h"

#include "audit/record.h"
#include "json/writer.h"
#include "rollout/read_audience.h"
#include "rollout/write_plan.h"

namespace updraft::usecases {
namespace {

using rollout::Rollout;

std::string audience_of(Rollout const& rollout) {
    std::string text;
    json::Writer writer(text);
    rollout::write_audience(writer, rollout.audience, rollout::Dids::counted);
    return text;
}

// Lists of dids are shown as their counts; `differs` names those whose count says nothing.
std::string edited_audience(Rollout const& before, Rollout const& after) {
    auto text = audience_of(after);
    if (before.audience != after.audience && text == audience_of(before))
        text += " (other devices)";
    return text;
}

audit::Act act_on(Rollout const& rollout, audit::Changes changes) {
    return {.object_kind = "rollout",
            .object_id = std::to_string(rollout.id.value),
            .changes = std::move(changes),
            .effect =
                "firmware " + std::to_string(rollout.release.value) + " of " + rollout.model.value};
}

audit::Changes rollout_changes(Rollout const& before, Rollout const& after) {
    audit::Changes changes;
    changes.add("state", word(before.state), word(after.state))
        .add("name", before.name, after.name)
        .add("mode", word_in(rollout::mode_words, before.mode),
             word_in(rollout::mode_words, after.mode))
        .add("audience", audience_of(before), edited_audience(before, after))
        .add("plan", rollout::stored_plan(before.plan), rollout::stored_plan(after.plan))
        .add("startAt", before.start_at, after.start_at)
        .add("approvedBy", before.approved_by, after.approved_by);
    return changes;
}

}  // namespace

Result<Rollout> create_rollout(Tx& tx, access::Actor const& actor, staging::ToCreate const& wanted,
                               Instant now) {
    TRY_ASSIGN(auto made, staging::create(tx, wanted, actor.name, now));
    audit::Changes changes;
    changes.add("firmwareId", nullptr, std::to_string(made.release.value))
        .add("name", nullptr, made.name)
        .add("mode", nullptr, word_in(rollout::mode_words, made.mode))
        .add("audience", nullptr, audience_of(made))
        .add("plan", nullptr, rollout::stored_plan(made.plan))
        .add("startAt", nullptr, made.start_at);
    TRY(audit::record(tx, actor, act_on(made, std::move(changes)), now));
    return made;
}

Result<Rollout> change_rollout(Tx& tx, access::Actor const& actor, RolloutId id,
                               staging::Edit const& edit, Instant now) {
    TRY_ASSIGN(auto changed, staging::edit(tx, id, edit, actor.name, now));
    TRY(audit::record(tx, actor,
                      act_on(changed.after, rollout_changes(changed.before, changed.after)), now));
    return std::move(changed.after);
}

Result<Rollout> move_rollout(Tx& tx, upgrade::Means const& means, access::Actor const& actor,
                             staging::Move const& wanted, Instant now) {
    TRY_ASSIGN(auto moved, staging::move(tx, means, wanted, actor.name, now));
    auto act = act_on(moved.after, rollout_changes(moved.before, moved.after));
    act.note = wanted.note;
    TRY(audit::record(tx, actor, std::move(act), now));
    return std::move(moved.after);
}

Result<void> remove_rollout(Tx& tx, access::Actor const& actor, RolloutId id, Instant now) {
    TRY_ASSIGN(auto const removed, staging::remove(tx, id));
    audit::Changes changes;
    changes.add("state", word(removed.state), nullptr);
    return audit::record(tx, actor, act_on(removed, std::move(changes)), now);
}

}  // namespace updraft::usecases
