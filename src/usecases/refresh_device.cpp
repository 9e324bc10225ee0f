#include "usecases/refresh_device.h"

#include "audit/record.h"
#include "ports/devices_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<fleet::Device> refresh_device(Tx& tx, access::Actor const& actor, Did const& did,
                                     Instant now) {
    TRY_ASSIGN(auto device, existing(tx.devices().find(did), "device", did.value));
    TRY(tx.devices().want_attributes(did));
    device.attributes_wanted = true;
    TRY(audit::record(tx, actor,
                      {.object_kind = "device",
                       .object_id = did.value,
                       .effect = "the device will be asked for its attributes"},
                      now));
    return device;
}

}  // namespace updraft::usecases
