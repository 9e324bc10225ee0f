#include "usecases/order_devices.h"

namespace updraft::usecases {

Result<upgrade::OrderOutcome> order_devices(Tx& tx, Means const& means, access::Actor const&,
                                            upgrade::OperatorOrder const& wanted, Instant now) {
    return upgrade::order_by_operator(tx, means.upgrades, wanted, now);
}

}  // namespace updraft::usecases
