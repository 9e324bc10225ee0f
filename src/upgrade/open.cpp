#include "upgrade/open.h"

#include "firmware/offer.h"
#include "ports/orders_table.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/permission.h"

namespace updraft::upgrade {

Upgrade queued(fleet::Device const& device, firmware::Release const& release,
               OrderId const& order_id, Limits const& limits, Instant now) {
    Upgrade upgrade;
    upgrade.order_id = order_id;
    upgrade.did = device.did;
    upgrade.model = device.model;
    upgrade.open_id = device.open_id;
    upgrade.release_id = release.id;
    upgrade.from_version = device.version;
    upgrade.version = release.version;
    upgrade.created_at = now;
    upgrade.due_at = now + limits.queue_timeout;
    return upgrade;
}

Result<void> go_on(Tx& tx, Means const& means, Upgrade const& done, fleet::Device const& device,
                   Instant now) {
    if (done.step == 0 || device.open_id != done.open_id || device.model != done.model) return {};
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    TRY_ASSIGN(auto const* const release, firmware::offer(tx, *catalog, device));
    if (release == nullptr) return {};
    TRY_ASSIGN(auto const order, tx.orders().find(done.order_id));
    if (order && order->cancelled) return {};
    if (order && order->open_id) {
        TRY_ASSIGN(auto const refusal, refusal_of(tx, order->appid, *order->open_id));
        if (refusal) return {};
    }
    auto next = queued(device, *release, done.order_id, means.limits, now);
    next.step = done.step + 1;
    next.origin = done.origin;
    next.forced = done.forced;
    TRY(tx.upgrades().open(next));
    return {};
}

}  // namespace updraft::upgrade
