#include "upgrade/order_all.h"

#include <algorithm>

#include "firmware/offer.h"
#include "ports/devices_table.h"
#include "ports/orders_table.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/open.h"
#include "upgrade/permission.h"

namespace updraft::upgrade {
namespace {

// Limits of kinds (pairs of model and version) in a part. Each kind costs a query over the part, so
// a part with more kinds than kinds_max gets fewer devices; so does one whose devices rollouts look
// at one by one.
constexpr std::size_t kinds_max = 32;
constexpr std::int64_t mixed_part_devices_max = 100;

// The next devices of the user, for one transaction.
struct Part {
    DevicesAhead ahead;
    bool last = false;  // True when no devices follow.
};

Result<bool> is_under_rollouts(Tx const& tx, DevicesAhead const& ahead) {
    for (auto const& kind : ahead.kinds) {
        TRY_ASSIGN(auto const catalog, tx.releases().catalog(kind.what.model));
        if (!catalog->rollouts.empty()) return true;
    }
    return false;
}

Result<Part> next_part(Tx& tx, OpenId const& open_id, Did const& after) {
    TRY_ASSIGN(auto ahead, tx.orders().ahead(open_id, after, part_devices_max));
    TRY_ASSIGN(bool const one_by_one, is_under_rollouts(tx, ahead));
    if (ahead.kinds.size() <= kinds_max && !one_by_one) {
        auto const last = ahead.count < part_devices_max;
        return Part{std::move(ahead), last};
    }
    TRY_ASSIGN(ahead, tx.orders().ahead(open_id, after, mixed_part_devices_max));
    auto const last = ahead.count < mixed_part_devices_max;
    return Part{std::move(ahead), last};
}

// Devices of a kind that rollouts may treat differently are looked at one by one.
Result<OpenedMany> open_each(Tx& tx, Means const& means, Opening const& opening, Part const& part,
                             firmware::Catalog const& catalog, ModelAndVersion const& what) {
    std::vector<Did> dids;
    auto const of_the_kind = [&](DeviceGlimpse const& device) -> Result<bool> {
        bool const is_one = device.model == what.model.value &&
                            device.version == what.version.value &&
                            device.offers_after == what.offers_after;
        if (is_one) dids.push_back(Did{std::string(device.did)});
        return true;
    };
    TRY(tx.devices().of_user(opening.open_id, opening.after, part.ahead.count, of_the_kind));
    OpenedMany opened;
    TRY_ASSIGN(auto devices, tx.devices().find_many(dids));
    std::ranges::sort(devices, {}, &fleet::Device::did);
    for (auto const& device : devices) {
        TRY_ASSIGN(auto const active, tx.upgrades().active_id_of(device.did));
        if (active) continue;
        TRY_ASSIGN(auto const* const release, firmware::offer(tx, catalog, device));
        if (release == nullptr) continue;
        auto upgrade =
            queued(device, *release, opening.order_id, means.limits, opening.created_at);
        upgrade.step = first_step(opening.step_mode);
        TRY_ASSIGN(opened.last, tx.upgrades().open(upgrade));
        if (opened.count++ == 0) opened.first = opened.last;
    }
    return opened;
}

Result<OpenedMany> open_kind(Tx& tx, Means const& means, Opening const& opening, Part const& part,
                             DevicesAhead::Kind const& kind) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(kind.what.model));
    if (!catalog->rollouts.empty()) {
        return open_each(tx, means, opening, part, *catalog, kind.what);
    }
    fleet::Device any;
    any.model = kind.what.model;
    any.version = kind.what.version;
    any.offers_after = kind.what.offers_after;
    auto const* const release = firmware::offer(*catalog, firmware::Candidate(any));
    if (release == nullptr) return OpenedMany{};
    OpenMany const wanted{.after = opening.after,
                          .until = part.ahead.last,
                          .count = kind.idle,
                          .offers_after = kind.what.offers_after,
                          .order_id = opening.order_id,
                          .open_id = opening.open_id,
                          .model = kind.what.model,
                          .from_version = kind.what.version,
                          .release_id = release->id,
                          .version = release->version,
                          .now = opening.created_at,
                          .due_at = opening.created_at + means.limits.queue_timeout,
                          .step = first_step(opening.step_mode)};
    return tx.upgrades().open_many(wanted);
}

// Opens the upgrades of the part. If there are any, inserts the order's row or extends its id
// range.
Result<void> open_part(Tx& tx, Means const& means, Opening const& opening, Part const& part) {
    OpenedMany all;
    for (auto const& kind : part.ahead.kinds) {
        TRY_ASSIGN(auto const opened, open_kind(tx, means, opening, part, kind));
        if (opened.count == 0) continue;
        if (all.count == 0) all.first = opened.first;
        all.last = opened.last;
        all.count += opened.count;
    }
    if (all.count == 0) return {};
    return tx.orders().put({.order_id = opening.order_id,
                            .appid = opening.appid,
                            .open_id = opening.open_id,
                            .created_at = opening.created_at,
                            .first = all.first,
                            .last = all.last,
                            .upgrades = all.count});
}

// The answer after the last part.
Result<OrderPart> completed(Tx& tx, OpenId const& open_id, OrderId const& order_id) {
    TRY_ASSIGN(auto const order, tx.orders().find(order_id));
    if (order) return OrderPart{.order_id = order_id};
    TRY_ASSIGN(auto const running, tx.orders().newest_running(open_id));
    if (running) return OrderPart{.order_id = *running};
    return OrderPart{.then = OrderPart::Then::nothing};
}

Result<OrderPart> go_on(Tx& tx, Means const& means, Opening const& opening, Instant now) {
    TRY_ASSIGN(auto const part, next_part(tx, opening.open_id, opening.after));
    TRY(open_part(tx, means, opening, part));
    if (!part.last) {
        TRY(tx.openings().advance(opening.order_id, part.ahead.last, now));
        return OrderPart{.order_id = opening.order_id, .then = OrderPart::Then::more};
    }
    TRY(tx.openings().end(opening.order_id));
    return completed(tx, opening.open_id, opening.order_id);
}

// The user's earlier order, if it is to be continued.
Result<std::optional<Opening>> earlier_order(Tx& tx, OpenId const& open_id) {
    TRY_ASSIGN(auto earlier, tx.openings().of_user(open_id));
    if (!earlier) return earlier;
    TRY_ASSIGN(auto const refusal, refusal_of(tx, earlier->appid, open_id));
    if (!refusal) return earlier;
    TRY(tx.openings().end(earlier->order_id));
    return std::nullopt;
}

// The app of the order that the caller continues; the caller's own when the order has no upgrades.
Result<std::optional<AppId>> app_of(Tx const& tx, std::optional<Opening> const& opening,
                                    OrderId const& order_id, Orderer const& who) {
    if (opening) return opening->appid;
    TRY_ASSIGN(auto const order, tx.orders().find(order_id));
    return order ? order->appid : who.appid;
}

}  // namespace

Result<OrderPart> order_all(Tx& tx, Means const& means, Orderer const& who, StepMode step_mode,
                            Instant now) {
    if (!who.open_id) return fail(Errc::invalid, "only a user has devices of their own");
    TRY_ASSIGN(auto const refusal, refusal_of(tx, who.appid, *who.open_id));
    if (refusal) return fail(*refusal);
    TRY_ASSIGN(auto const part, next_part(tx, *who.open_id, Did{}));
    Opening opening{.order_id = means.id_source.order_id(now),
                    .open_id = *who.open_id,
                    .appid = who.appid,
                    .step_mode = step_mode,
                    .after = {},
                    .created_at = now,
                    .moved_at = now};
    if (part.last) {
        TRY(open_part(tx, means, opening, part));
        return completed(tx, opening.open_id, opening.order_id);
    }
    TRY_ASSIGN(auto const earlier, earlier_order(tx, *who.open_id));
    if (earlier) return go_on(tx, means, *earlier, now);
    TRY(open_part(tx, means, opening, part));
    opening.after = part.ahead.last;
    TRY(tx.openings().begin(opening));
    return OrderPart{.order_id = opening.order_id, .then = OrderPart::Then::more};
}

// The checks of a call may be long ago: a large order survives its process. A revoked caller that
// continued the order of another app leaves that order as it is.
Result<OrderPart> order_more(Tx& tx, Means const& means, Orderer const& who,
                             OrderId const& order_id, Instant now) {
    using Then = OrderPart::Then;
    if (!who.open_id) return fail(Errc::invalid, "only a user has devices of their own");
    TRY_ASSIGN(auto const opening, tx.openings().find(order_id));
    TRY_ASSIGN(auto refusal, refusal_of(tx, who.appid, *who.open_id));
    if (refusal) {
        if (opening && opening->appid == who.appid) TRY(tx.openings().end(order_id));
        return OrderPart{
            .order_id = order_id, .then = Then::refused, .refusal = *std::move(refusal)};
    }
    TRY_ASSIGN(auto const owner, app_of(tx, opening, order_id, who));
    if (owner != who.appid) {
        TRY_ASSIGN(auto const others, refusal_of(tx, owner, *who.open_id));
        if (others && opening) TRY(tx.openings().end(order_id));
        if (others) return OrderPart{.order_id = order_id, .then = Then::again};
    }
    // No row: another caller has processed the last part.
    if (!opening) return completed(tx, *who.open_id, order_id);
    return go_on(tx, means, *opening, now);
}

Result<std::optional<Opening>> abandoned(Tx const& tx, Instant now) {
    return tx.openings().stalled(now - opening_abandoned_after);
}

}  // namespace updraft::upgrade
