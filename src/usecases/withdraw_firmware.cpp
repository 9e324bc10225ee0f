#include "usecases/withdraw_firmware.h"

#include "firmware/publish.h"
#include "upgrade/cancel.h"

namespace updraft::usecases {

Result<firmware::Release> withdraw_firmware(Tx& tx, Means const& means, access::Actor const&,
                                            ReleaseId id, Instant now) {
    TRY_ASSIGN(auto withdrawn, firmware::withdraw(tx, id));
    TRY(upgrade::cancel_withdrawn(tx, means.upgrades, id, now));
    return withdrawn;
}

}  // namespace updraft::usecases
