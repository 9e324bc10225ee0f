#include "usecases/cancel_upgrade.h"

#include "audit/record.h"
#include "ports/upgrades_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<upgrade::Upgrade> cancel_upgrade(Tx& tx, Means const& means, access::Actor const& actor,
                                        UpgradeToCancel const& wanted, Instant now) {
    auto const id = std::to_string(wanted.id.value);
    TRY_ASSIGN(auto const before, existing(tx.upgrades().find(wanted.id), "upgrade", id));
    TRY_ASSIGN(auto cancelled,
               upgrade::cancel_by_operator(tx, means.upgrades, wanted.id, wanted.force, now));
    audit::Changes changes;
    changes.add("state", word(before.state), word(cancelled.state));
    TRY(audit::record(tx, actor,
                      {.object_kind = "upgrade",
                       .object_id = id,
                       .changes = std::move(changes),
                       .effect = "of device " + before.did.value},
                      now));
    return cancelled;
}

}  // namespace updraft::usecases
