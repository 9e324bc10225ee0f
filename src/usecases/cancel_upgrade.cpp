#include "usecases/cancel_upgrade.h"

#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<upgrade::Upgrade> cancel_upgrade(Tx& tx, Means const& means, access::Actor const&,
                                        UpgradeToCancel const& wanted, Instant now) {
    auto cancelled = upgrade::cancel_by_operator(tx, means.upgrades, wanted.id, wanted.force, now);
    return existing(std::move(cancelled), "upgrade", std::to_string(wanted.id.value));
}

}  // namespace updraft::usecases
