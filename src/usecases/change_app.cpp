#include "usecases/change_app.h"

#include "audit/record.h"
#include "ports/apps_table.h"
#include "push/delivery.h"
#include "push/receiver.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

std::vector<std::string> names_of(access::PushEvents const& events) {
    using push::MsgType;
    std::vector<std::string> names;
    if (events.progress) names.emplace_back(wire_word(MsgType::progress));
    if (events.result) names.emplace_back(wire_word(MsgType::result));
    if (events.new_firmware) names.emplace_back(wire_word(MsgType::new_firmware));
    if (events.withdrawn) names.emplace_back(wire_word(MsgType::withdrawn));
    return names;
}

}  // namespace

Result<access::App> change_app(Tx& tx, access::Actor const& actor, AppChange const& wanted,
                               Instant now) {
    auto const& appid = wanted.appid;
    TRY_ASSIGN(auto const known, existing(tx.apps().find(appid), "app", appid.value));
    auto app = *known;
    if (wanted.name) app.name = *wanted.name;
    if (wanted.disabled) app.disabled = *wanted.disabled;
    if (wanted.ota_enabled) app.ota_enabled = *wanted.ota_enabled;
    if (wanted.push_events) app.push_events = *wanted.push_events;
    if (wanted.push_url) TRY(push::set_url(tx, app, *wanted.push_url, now));
    TRY(tx.apps().replace(app));
    audit::Changes changes;
    changes.add("name", known->name, app.name)
        .add("disabled", known->disabled, app.disabled)
        .add("otaEnabled", known->ota_enabled, app.ota_enabled)
        .add("pushUrl", known->push_url, app.push_url)
        .add("pushEvents", names_of(known->push_events), names_of(app.push_events));
    TRY(audit::record(
        tx, actor, {.object_kind = "app", .object_id = appid.value, .changes = std::move(changes)},
        now));
    return app;
}

}  // namespace updraft::usecases
