#include "usecases/remove_app.h"

#include "audit/record.h"
#include "ports/announcements_table.h"
#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "ports/receivers_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<void> remove_app(Tx& tx, access::Actor const& actor, AppId const& appid, Instant now) {
    TRY_ASSIGN(auto const before, existing(tx.apps().find(appid), "app", appid.value));
    TRY(tx.apps().remove(appid));
    audit::Changes changes;
    changes.add("name", before->name, nullptr).add("pushUrl", before->push_url, nullptr);
    return audit::record(tx, actor,
                         {.object_kind = "app",
                          .object_id = appid.value,
                          .changes = std::move(changes),
                          .effect = "its grants and tokens ended"},
                         now);
}

Result<bool> RemovedAppsClearance::clear(Tx& tx, AppId const& appid, std::int64_t limit) const {
    TRY_ASSIGN(auto const dropped, tx.deliveries().drop_app(appid, limit));
    TRY(tx.announcements().forget_app(appid));
    if (dropped > 0) return true;
    TRY(tx.receivers().remove(appid));
    return false;
}

}  // namespace updraft::usecases
