#include "usecases/renew_device_token.h"

#include "audit/record.h"
#include "fleet/enroll.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<Secret> renew_device_token(Tx& tx, IdSource& id_source, access::Actor const& actor,
                                  Did const& did, Instant now) {
    TRY_ASSIGN(auto token, existing(fleet::renew_token(tx, id_source, did), "device", did.value));
    audit::Changes changes;
    changes.add_secret("deviceToken");
    TRY(audit::record(
        tx, actor, {.object_kind = "device", .object_id = did.value, .changes = std::move(changes)},
        now));
    return token;
}

}  // namespace updraft::usecases
