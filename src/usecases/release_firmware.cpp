#include "usecases/release_firmware.h"

#include "audit/record.h"

namespace updraft::usecases {

Result<firmware::Release> release_firmware(Tx& tx, access::Actor const& actor,
                                           FirmwareToRelease const& wanted, Instant now) {
    TRY_ASSIGN(auto const before, firmware::find(tx, wanted.id));
    TRY_ASSIGN(auto released,
               firmware::release(tx, wanted.id, wanted.mismatch, wanted.utc_offset, now));
    audit::Changes changes;
    changes.add("state", word(before.state), word(released.state));
    if (wanted.mismatch == firmware::Mismatch::accept) {
        changes.add("acceptMismatch", nullptr, true);
    }
    TRY(audit::record(tx, actor,
                      {.object_kind = "firmware",
                       .object_id = std::to_string(wanted.id.value),
                       .changes = std::move(changes),
                       .effect = released.model.value + " " + released.version.value},
                      now));
    return released;
}

}  // namespace updraft::usecases
