#include "usecases/device_consequences.h"

#include "upgrade/cancel.h"
#include "upgrade/order.h"

namespace updraft::usecases {

Result<void> end_upgrade_that_no_longer_fits(Tx& tx, Means const& means,
                                             fleet::Became const& became, Instant now) {
    auto const& did = became.after.did;
    if (became.leaves_user()) return upgrade::cancel_unbound(tx, means.upgrades, did, now);
    if (became.changes_model()) return upgrade::cancel_misfit(tx, means.upgrades, did, now);
    return {};
}

Result<void> tell_new_offer(Tx& tx, Means const& means, fleet::Became const& became, Instant now) {
    if (!became.offer_may_be_new()) return {};
    TRY(upgrade::adopt(tx, became.after));
    return means.outbox.tell_offer(tx, became.after, now);
}

}  // namespace updraft::usecases
