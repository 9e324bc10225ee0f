#include "usecases/release_firmware.h"

namespace updraft::usecases {

Result<firmware::Release> release_firmware(Tx& tx, access::Actor const&,
                                           FirmwareToRelease const& wanted, Instant now) {
    return firmware::release(tx, wanted.id, wanted.mismatch, wanted.utc_offset, now);
}

}  // namespace updraft::usecases
