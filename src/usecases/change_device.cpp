#include "usecases/change_device.h"

#include "usecases/device_consequences.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<fleet::Device> change_device(Tx& tx, Means const& means, access::Actor const& actor,
                                    fleet::DeviceChange const& wanted, Instant now) {
    TRY_ASSIGN(auto became, existing(fleet::changed(tx, wanted), "device", wanted.did.value));
    TRY_ASSIGN(auto const ended, end_upgrade_that_no_longer_fits(tx, means, became, now));
    TRY(fleet::write_device(tx, means.upgrades.id_source, became, now));
    TRY(tell_new_offer(tx, means, became, now));
    TRY(record_device(tx, actor, became, ended, now));
    return std::move(became.after);
}

}  // namespace updraft::usecases
