#include "usecases/order_devices.h"

#include "audit/record.h"

namespace updraft::usecases {

Result<upgrade::OrderOutcome> order_devices(Tx& tx, Means const& means, access::Actor const& actor,
                                            upgrade::OperatorOrder const& wanted, Instant now) {
    auto named = wanted;
    named.by = actor.name;
    TRY_ASSIGN(auto outcome, upgrade::order_by_operator(tx, means.upgrades, named, now));
    audit::Changes changes;
    if (wanted.release) changes.add("firmwareId", nullptr, std::to_string(wanted.release->value));
    auto effect = audit::counted(outcome.started, "upgrade") + " started, " +
                  audit::counted(std::ssize(outcome.refused), "device") + " refused";
    if (wanted.dids.size() == 1) effect += ": device " + wanted.dids.front().value;
    TRY(audit::record(tx, actor,
                      {.object_kind = "order",
                       .object_id = outcome.order_id.value,
                       .changes = std::move(changes),
                       .effect = std::move(effect)},
                      now));
    return outcome;
}

}  // namespace updraft::usecases
