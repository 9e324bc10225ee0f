#include "usecases/device_consequences.h"

#include "upgrade/cancel.h"
#include "upgrade/order.h"

namespace updraft::usecases {

Result<void> end_upgrade_that_no_longer_fits(Tx& tx, Means const& means, fleet::Became& became,
                                             Instant now) {
    auto& after = became.after;
    auto ended = Result<bool>(false);
    if (became.leaves_user()) {
        ended = upgrade::cancel_unbound(tx, means.upgrades, after.did, now);
    } else if (became.changes_model()) {
        ended = upgrade::cancel_misfit(tx, means.upgrades, after.did, now);
    }
    if (!ended) return pass(ended);
    if (*ended) after.attributes_wanted = true;
    return {};
}

Result<void> tell_new_offer(Tx& tx, Means const& means, fleet::Became const& became, Instant now) {
    if (!became.offer_may_be_new()) return {};
    TRY(upgrade::adopt(tx, became.after));
    return means.outbox.tell_offer(tx, became.after, now);
}

}  // namespace updraft::usecases
