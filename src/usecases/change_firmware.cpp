#include "usecases/change_firmware.h"

#include "audit/record.h"
#include "ports/rollouts_table.h"
#include "usecases/release_rights.h"

namespace updraft::usecases {
namespace {

std::vector<std::string> texts_of(std::vector<Version> const& versions) {
    std::vector<std::string> texts;
    for (auto const& version : versions) texts.push_back(version.value);
    return texts;
}

Result<void> check_availability(Tx const& tx, access::Actor const& actor,
                                firmware::Release const& release, firmware::Availability to) {
    TRY_ASSIGN(auto const open, tx.rollouts().open_of(release.id));
    if (open) {
        return fail(Errc::conflict, "availability: rollout " + std::to_string(open->id.value) +
                                        " of this firmware is " + std::string(word(open->state)));
    }
    if (to != firmware::Availability::everyone || release.availability == to) return {};
    return check_unapproved(tx, actor, release.model, "availability everyone");
}

}  // namespace

Result<firmware::Release> change_firmware(Tx& tx, access::Actor const& actor, ReleaseId id,
                                          firmware::ReleaseChange const& wanted, Instant now) {
    TRY_ASSIGN(auto const before, firmware::find(tx, id));
    if (wanted.availability) TRY(check_availability(tx, actor, before, *wanted.availability));
    TRY_ASSIGN(auto after, firmware::change(tx, id, wanted, now));
    audit::Changes changes;
    changes.add("reportedAs", texts_of(before.reported_as), texts_of(after.reported_as))
        .add("updateLog", before.update_log, after.update_log)
        .add("availability", word(before.availability), word(after.availability));
    TRY(audit::record(tx, actor,
                      {.object_kind = "firmware",
                       .object_id = std::to_string(after.id.value),
                       .changes = std::move(changes),
                       .effect = after.model.value + " " + after.version.value},
                      now));
    return after;
}

}  // namespace updraft::usecases
