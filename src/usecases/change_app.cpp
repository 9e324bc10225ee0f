#include "usecases/change_app.h"

#include "ports/apps_table.h"
#include "push/receiver.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {

Result<access::App> change_app(Tx& tx, access::Actor const&, AppChange const& wanted, Instant now) {
    auto const& appid = wanted.appid;
    TRY_ASSIGN(auto const known, existing(tx.apps().find(appid), "app", appid.value));
    auto app = *known;
    if (wanted.name) app.name = *wanted.name;
    if (wanted.disabled) app.disabled = *wanted.disabled;
    if (wanted.ota_enabled) app.ota_enabled = *wanted.ota_enabled;
    if (wanted.push_events) app.push_events = *wanted.push_events;
    if (wanted.push_url) TRY(push::set_url(tx, app, *wanted.push_url, now));
    TRY(tx.apps().replace(app));
    return app;
}

}  // namespace updraft::usecases
