#include "usecases/set_policy.h"

#include "audit/record.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

audit::Changes changes_of(policy::Policy const& before, policy::Change const& change) {
    audit::Changes changes;
    auto const add = [&](std::string_view field, std::string const& old,
                         std::optional<std::string> const& given) {
        if (given) changes.add(field, old, *given);
    };
    add("autoUpgrade", before.auto_upgrade, change.auto_upgrade);
    add("upgradeHours", before.upgrade_hours, change.upgrade_hours);
    add("timeZone", before.time_zone, change.time_zone);
    return changes;
}

}  // namespace

Result<void> set_device_policy(Tx& tx, access::Actor const& actor, Did const& did,
                               policy::Change const& change, Instant now) {
    TRY_ASSIGN(auto const device, existing(tx.devices().find(did), "device", did.value));
    TRY_ASSIGN(auto const before,
               policy::set(tx, device.open_id.value_or(OpenId{}), did, change, now));
    return audit::record(
        tx, actor,
        {.object_kind = "device", .object_id = did.value, .changes = changes_of(before, change)},
        now);
}

Result<void> set_user_policy(Tx& tx, access::Actor const& actor, OpenId const& open_id,
                             policy::Change const& change, Instant now) {
    TRY(existing(tx.grants().user(open_id), "user", open_id.value));
    TRY_ASSIGN(auto const before, policy::set(tx, open_id, Did{}, change, now));
    return audit::record(
        tx, actor,
        {.object_kind = "user", .object_id = open_id.value, .changes = changes_of(before, change)},
        now);
}

}  // namespace updraft::usecases
