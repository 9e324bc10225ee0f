#include "usecases/withdraw_firmware.h"

#include "audit/record.h"
#include "firmware/publish.h"
#include "ports/announcements_table.h"
#include "staging/operate.h"
#include "upgrade/cancel.h"

namespace updraft::usecases {

Result<Withdrawn> withdraw_firmware(Tx& tx, Means const& means, access::Actor const& actor,
                                    FirmwareToWithdraw const& wanted, Instant now) {
    auto const id = wanted.id;
    TRY_ASSIGN(auto const before, firmware::find(tx, id));
    TRY_ASSIGN(auto withdrawn, firmware::withdraw(tx, id, now));
    // Once: apps must not be told again when the call is repeated.
    if (before.state != withdrawn.state) {
        TRY(tx.announcements().open({.release = id, .model = withdrawn.model, .created_at = now}));
    }
    TRY_ASSIGN(auto const stopped, staging::stop_withdrawn(tx, id, wanted.scope, actor.name, now));
    TRY_ASSIGN(auto const ended, upgrade::cancel_withdrawn(tx, means.upgrades, id, now));
    audit::Changes changes;
    changes.add("state", word(before.state), word(withdrawn.state));
    std::string effect = "its queued upgrades end";
    if (stopped) effect += ", rollout " + std::to_string(stopped->id.value) + " stops";
    TRY(audit::record(
        tx, actor,
        {.object_kind = "firmware",
         .object_id = std::to_string(id.value),
         .changes = std::move(changes),
         .effect = effect + ": " + withdrawn.model.value + " " + withdrawn.version.value},
        now));
    return Withdrawn{.release = std::move(withdrawn), .ended = ended};
}

}  // namespace updraft::usecases
