#include "usecases/order_devices.h"

#include "audit/record.h"
#include "ports/releases_table.h"
#include "usecases/release_rights.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

// It does not keep to rollouts. An unknown firmware is refused by the order itself.
Result<void> check_way_back(Tx const& tx, access::Actor const& actor, ReleaseId release) {
    TRY_ASSIGN(auto const back, if_found(tx.releases().find(release)));
    return back ? check_unapproved(tx, actor, back->model, "allowOlder") : Result<void>{};
}

}  // namespace

Result<upgrade::OrderOutcome> order_devices(Tx& tx, Means const& means, access::Actor const& actor,
                                            upgrade::OperatorOrder const& wanted, Instant now) {
    if (wanted.allow_older) TRY(check_way_back(tx, actor, *wanted.release));
    auto named = wanted;
    named.by = actor.name;
    TRY_ASSIGN(auto outcome, upgrade::order_by_operator(tx, means.upgrades, named, now));
    audit::Changes changes;
    if (wanted.release) changes.add("firmwareId", nullptr, std::to_string(wanted.release->value));
    if (wanted.allow_older) changes.add("allowOlder", nullptr, true);
    if (wanted.forced) changes.add("force", nullptr, true);
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

Result<upgrade::StoppedInOrder> cancel_order(Tx& tx, Means const& means, access::Actor const& actor,
                                             OrderToCancel const& wanted, Instant now) {
    TRY_ASSIGN(auto part, existing(upgrade::cancel_order(tx, means.upgrades, wanted.order_id,
                                                         wanted.scope, wanted.after, now),
                                   "order", wanted.order_id.value));
    if (part.next) return part;
    auto all = wanted.before;
    all.add(part.stopped);
    TRY(audit::record(tx, actor,
                      {.object_kind = "order",
                       .object_id = wanted.order_id.value,
                       .effect = audit::counted(all.ended, "upgrade") + " ended, " +
                                 audit::counted(all.asked, "device") + " asked to stop"},
                      now));
    return part;
}

}  // namespace updraft::usecases
