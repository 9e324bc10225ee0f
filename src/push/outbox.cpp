#include "push/outbox.h"

#include "firmware/offer.h"
#include "ports/announcements_table.h"
#include "ports/apps_table.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "ports/outbox_table.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"
#include "push/message.h"
#include "push/receiver.h"
#include "vocabulary/if_found.h"

namespace updraft::push {
namespace {

// Apps with a grant of that user that subscribed to `type`.
Result<std::vector<AppId>> listeners(Tx const& tx, OpenId const& open_id, MsgType type) {
    std::vector<AppId> wanted;
    TRY_ASSIGN(auto const granted, tx.grants().apps_of(open_id));
    for (auto const& appid : granted) {
        // A report of a device must not fail because an app is being removed.
        TRY_ASSIGN(auto const app, if_found(tx.apps().find(appid)));
        if (app && listens(**app, type)) wanted.push_back(appid);
    }
    return wanted;
}

// False when that app was notified before.
Result<bool> tell_once(Tx& tx, IdSource& id_source, AppId const& appid, fleet::Device const& device,
                       firmware::Release const& release, Instant now) {
    TRY_ASSIGN(bool const first, tx.announcements().tell(appid, device.did, release.version, now));
    if (!first) return false;
    TRY(tx.outbox().enqueue({.webhook_id = id_source.webhook_id(now),
                             .appid = appid,
                             .did = device.did,
                             .type = MsgType::new_firmware,
                             .upgrade = {},
                             .open_id = device.open_id,
                             .version = release.version,
                             .body = new_firmware_body(device, release),
                             .created_at = now,
                             .due_at = now}));
    return true;
}

}  // namespace

Result<void> Outbox::progressed(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const {
    if (!upgrade.open_id) return {};
    TRY_ASSIGN(auto const apps, listeners(tx, *upgrade.open_id, MsgType::progress));
    auto const next = now + rules_.progress_interval;
    for (auto const& appid : apps) tx.prefetch().progress(appid, upgrade.did, upgrade.id);
    for (auto const& appid : apps) {
        TRY_ASSIGN(auto due_at, tx.outbox().drop_progress(appid, upgrade.did, upgrade.id));
        if (!due_at) {
            TRY_ASSIGN(auto const last, tx.outbox().last_progress(appid, upgrade.did));
            // At most one interval from now, even if the clock was set back since `last`.
            if (last) due_at = std::clamp(*last + rules_.progress_interval, now, next);
        }
        TRY(tx.outbox().enqueue({.webhook_id = id_source_.webhook_id(now),
                                 .appid = appid,
                                 .did = upgrade.did,
                                 .type = MsgType::progress,
                                 .upgrade = upgrade.id,
                                 .open_id = upgrade.open_id,
                                 .body = progress_body(upgrade),
                                 .created_at = now,
                                 .due_at = due_at.value_or(now)}));
    }
    return {};
}

Result<void> Outbox::ended(Tx& tx, upgrade::Upgrade const& upgrade, Instant now) const {
    if (!upgrade.open_id) return {};
    // Also for apps that unsubscribed since: their undelivered progress is removed too.
    TRY_ASSIGN(auto const granted, tx.grants().apps_of(*upgrade.open_id));
    for (auto const& appid : granted) {
        TRY(tx.outbox().drop_progress(appid, upgrade.did, upgrade.id));
    }
    TRY_ASSIGN(auto const apps, listeners(tx, *upgrade.open_id, MsgType::result));
    for (auto const& appid : apps) {
        TRY(tx.outbox().enqueue({.webhook_id = id_source_.webhook_id(now),
                                 .appid = appid,
                                 .did = upgrade.did,
                                 .type = MsgType::result,
                                 .upgrade = upgrade.id,
                                 .open_id = upgrade.open_id,
                                 .body = result_body(upgrade),
                                 .created_at = now,
                                 .due_at = now}));
    }
    return {};
}

Result<void> Outbox::version_reported(Tx& tx, fleet::Device const& device, Instant now) const {
    return tell_offer(tx, device, now);
}

Result<void> Outbox::tell_offer(Tx& tx, fleet::Device const& device, Instant now) const {
    if (!device.open_id) return {};
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto const* const release, firmware::announced_offer(tx, *catalog, device));
    if (release == nullptr) return {};
    TRY_ASSIGN(auto const apps, listeners(tx, *device.open_id, MsgType::new_firmware));
    for (auto const& appid : apps) TRY(tell_once(tx, id_source_, appid, device, *release, now));
    return {};
}

Result<bool> Outbox::tell_offer_to(Tx& tx, AppId const& appid, fleet::Device const& device,
                                   Instant now) const {
    if (!device.open_id) return false;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto const* const release, firmware::announced_offer(tx, *catalog, device));
    if (release == nullptr) return false;
    TRY_ASSIGN(bool const granted, tx.grants().granted(appid, *device.open_id));
    if (!granted) return false;
    TRY_ASSIGN(auto const app, tx.apps().find(appid));
    if (!listens(*app, MsgType::new_firmware)) return false;
    return tell_once(tx, id_source_, appid, device, *release, now);
}

Result<bool> Outbox::tell_withdrawal_to(Tx& tx, AppId const& appid, fleet::Device const& device,
                                        Version const& version, Instant now) const {
    if (!device.open_id) return false;
    TRY_ASSIGN(bool const granted, tx.grants().granted(appid, *device.open_id));
    if (!granted) return false;
    TRY_ASSIGN(auto const app, tx.apps().find(appid));
    if (!listens(*app, MsgType::withdrawn)) return false;
    TRY_ASSIGN(bool const told, tx.announcements().told(appid, device.did, version));
    if (!told) return false;
    // A notice that still waits is before this message in its lane. When it is dropped, so is this.
    TRY(tx.outbox().enqueue({.webhook_id = id_source_.webhook_id(now),
                             .appid = appid,
                             .did = device.did,
                             .type = MsgType::withdrawn,
                             .upgrade = {},
                             .open_id = device.open_id,
                             .version = version,
                             .body = withdrawn_body(device.did, version),
                             .created_at = now,
                             .due_at = now}));
    return true;
}

Result<void> Outbox::replace_notice(Tx& tx, DroppedNotice const& dropped, Instant now) const {
    TRY(tx.announcements().untell(dropped.appid, dropped.did, dropped.version));
    TRY_ASSIGN(auto const device, if_found(tx.devices().find(dropped.did)));
    if (!device) return {};
    TRY(if_found(tell_offer_to(tx, dropped.appid, *device, now)));
    return {};
}

}  // namespace updraft::push
