#include "usecases/renew_device_token.h"

#include "fleet/enroll.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<Secret> renew_device_token(Tx& tx, IdSource& id_source, access::Actor const&,
                                  Did const& did) {
    return existing(fleet::renew_token(tx, id_source, did), "device", did.value);
}

}  // namespace updraft::usecases
