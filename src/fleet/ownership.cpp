#include "fleet/ownership.h"

#include "ports/devices_table.h"
#include "vocabulary/new_name.h"

namespace updraft::fleet {

Result<Device> owned(Tx const& tx, OpenId const& open_id, Did const& did) {
    auto device = tx.devices().find(did);
    auto const theirs = device && device->open_id == open_id;
    if (theirs) return device;
    if (!device && device.error().code != Errc::not_found) return device;
    TRY(check_new_name(did.value, "did"));
    return fail(Errc::not_bound, "did: no such device is bound to this user");
}

}  // namespace updraft::fleet
