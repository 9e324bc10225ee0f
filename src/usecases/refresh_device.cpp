#include "usecases/refresh_device.h"

#include "ports/devices_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<fleet::Device> refresh_device(Tx& tx, access::Actor const&, Did const& did) {
    TRY_ASSIGN(auto device, existing(tx.devices().find(did), "device", did.value));
    TRY(tx.devices().want_attributes(did));
    device.attributes_wanted = true;
    return device;
}

}  // namespace updraft::usecases
