#include "usecases/release_firmware.h"

#include "audit/record.h"
#include "firmware/eligibility.h"
#include "json/reader.h"
#include "ports/models_table.h"
#include "ports/releases_table.h"
#include "ports/rollouts_table.h"
#include "rollout/read_plan.h"
#include "usecases/preview_warnings.h"
#include "usecases/release_rights.h"

namespace updraft::usecases {
namespace {

Result<std::optional<staging::ToCreate>> planned_by_model(Tx const& tx, Means const& means,
                                                          firmware::Release const& release) {
    TRY_ASSIGN(auto const model, tx.models().find(release.model));
    if (model.release_plan.empty()) return std::optional<staging::ToCreate>{};
    TRY_ASSIGN(auto const said, json::read_object(model.release_plan));
    TRY_ASSIGN(auto planned, rollout::read_release_plan(said, means.upgrades.zones));
    staging::ToCreate wanted;
    wanted.mode = planned.mode;
    wanted.plan = std::move(planned.plan);
    return std::optional(std::move(wanted));
}

// The rollout that the release gets.
Result<std::optional<staging::ToCreate>> rollout_for(Tx const& tx, Means const& means,
                                                     access::Actor const& actor,
                                                     firmware::Release const& release,
                                                     FirmwareToRelease const& wanted) {
    if (wanted.without_rollout) {
        TRY(access::needs(actor, access::Role::admin, "rollout none"));
        if (wanted.note.empty()) return fail(Errc::invalid, "note: rollout none needs one");
        return std::optional<staging::ToCreate>{};
    }
    if (wanted.rollout) return wanted.rollout;
    TRY_ASSIGN(auto planned, planned_by_model(tx, means, release));
    if (!planned) TRY(check_unapproved(tx, actor, release.model, "a release without rollout"));
    return planned;
}

std::string effect_of(Released const& released) {
    auto text = released.release.model.value + " " + released.release.version.value;
    if (!released.rollout) return text;
    return text + "; rollout " + std::to_string(released.rollout->id.value) + " is " +
           std::string(word(released.rollout->state));
}

Result<void> recorded(Tx& tx, access::Actor const& actor, FirmwareToRelease const& wanted,
                      firmware::Release const& before, Released const& released, Instant now) {
    audit::Changes changes;
    changes.add("state", word(before.state), word(released.release.state));
    if (wanted.mismatch == firmware::Mismatch::accept) {
        changes.add("acceptMismatch", nullptr, true);
    }
    if (wanted.without_rollout) changes.add("rollout", nullptr, "none");
    if (released.rollout) {
        changes.add("rollout", nullptr, std::to_string(released.rollout->id.value));
    }
    return audit::record(tx, actor,
                         {.object_kind = "firmware",
                          .object_id = std::to_string(wanted.id.value),
                          .changes = std::move(changes),
                          .effect = effect_of(released),
                          .note = wanted.note},
                         now);
}

Result<std::vector<std::string>> warnings_after(Tx const& tx, firmware::Release const& released) {
    std::vector<std::string> warnings;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(released.model));
    auto const* const in_catalog = firmware::find_release(*catalog, released.id);
    if (in_catalog == nullptr) return warnings;
    if (auto warning = version_warning(*catalog, *in_catalog)) {
        warnings.push_back(*std::move(warning));
    }
    return warnings;
}

}  // namespace

Result<Released> release_firmware(Tx& tx, Means const& means, access::Actor const& actor,
                                  FirmwareToRelease const& wanted, Instant now) {
    TRY_ASSIGN(auto const before, firmware::find(tx, wanted.id));
    std::optional<staging::ToCreate> planned;
    if (before.state == firmware::ReleaseState::draft) {
        TRY_ASSIGN(planned, rollout_for(tx, means, actor, before, wanted));
    } else if (wanted.rollout && before.state == firmware::ReleaseState::released) {
        // A repeated call finds the rollout that the first one started.
        TRY_ASSIGN(auto const open, tx.rollouts().open_of(wanted.id));
        if (!open) {
            return fail(Errc::conflict,
                        "rollout: this firmware is released already; create a rollout for it");
        }
    }
    firmware::ToRelease const to_release{.id = wanted.id,
                                         .mismatch = wanted.mismatch,
                                         .utc_offset = wanted.utc_offset,
                                         .availability = planned
                                                             ? firmware::Availability::rollout
                                                             : firmware::Availability::everyone};
    Released released;
    TRY_ASSIGN(released.release, firmware::release(tx, to_release, now));
    TRY_ASSIGN(released.warnings, warnings_after(tx, released.release));
    if (planned) {
        planned->release = wanted.id;
        TRY_ASSIGN(auto const made, staging::create(tx, *planned, actor.name, now));
        staging::Move const submit{.id = made.id, .act = staging::Act::submit, .note = wanted.note};
        TRY_ASSIGN(auto moved, staging::move(tx, means.upgrades, submit, actor.name, now));
        released.rollout = std::move(moved.after);
    }
    TRY(recorded(tx, actor, wanted, before, released, now));
    return released;
}

}  // namespace updraft::usecases
