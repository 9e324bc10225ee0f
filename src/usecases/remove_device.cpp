#include "usecases/remove_device.h"

#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "upgrade/cancel.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<void> remove_device(Tx& tx, Means const& means, access::Actor const&, Did const& did,
                           Instant now) {
    TRY(existing(tx.devices().find(did), "device", did.value));
    TRY(upgrade::cancel_unbound(tx, means.upgrades, did, now));
    TRY(tx.devices().remove(did));
    return tx.announcements().forget(did);
}

}  // namespace updraft::usecases
