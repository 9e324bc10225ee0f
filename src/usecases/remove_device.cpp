#include "usecases/remove_device.h"

#include "audit/record.h"
#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "ports/policies_table.h"
#include "upgrade/cancel.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<void> remove_device(Tx& tx, Means const& means, access::Actor const& actor, Did const& did,
                           Instant now) {
    TRY_ASSIGN(auto const before, existing(tx.devices().find(did), "device", did.value));
    TRY_ASSIGN(auto const ended, upgrade::cancel_unbound(tx, means.upgrades, did, now));
    TRY(tx.policies().give(did, before.open_id.value_or(OpenId{}), nullptr));
    TRY(tx.devices().remove(did));
    TRY(tx.announcements().forget(did));
    audit::Changes changes;
    changes.add("deviceModel", before.model, nullptr)
        .add("firmwareVersion", before.version, nullptr)
        .add("openId", before.open_id, nullptr);
    return audit::record(tx, actor,
                         {.object_kind = "device",
                          .object_id = did.value,
                          .changes = std::move(changes),
                          .effect = ended ? "1 active upgrade ended" : ""},
                         now);
}

}  // namespace updraft::usecases
