#include "usecases/remove_app.h"

#include "ports/announcements_table.h"
#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "ports/receivers_table.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<void> remove_app(Tx& tx, access::Actor const&, AppId const& appid) {
    TRY(existing(tx.apps().find(appid), "app", appid.value));
    return tx.apps().remove(appid);
}

Result<bool> RemovedAppsClearance::clear(Tx& tx, AppId const& appid, std::int64_t limit) const {
    TRY_ASSIGN(auto const dropped, tx.deliveries().drop_app(appid, limit));
    TRY(tx.announcements().forget_app(appid));
    if (dropped > 0) return true;
    TRY(tx.receivers().remove(appid));
    return false;
}

}  // namespace updraft::usecases
