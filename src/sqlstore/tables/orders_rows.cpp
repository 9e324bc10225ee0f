#include "sqlstore/tables/orders_rows.h"

#include <algorithm>

#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/upgrade_columns.h"
#include "upgrade/cause_word.h"

#define ORDER_COLUMNS                                                                             \
    "order_id, appid, open_id, created_at, first_id, last_id, ordered_by, release_id, upgrades, " \
    "cancelled"
#define STARTED_BY "COALESCE(origin, CASE WHEN appid IS NULL THEN 'operator' ELSE 'user' END)"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view one_order =
    "SELECT " ORDER_COLUMNS ", " STARTED_BY " FROM orders WHERE order_id = $1";

OrderRow read_order(Rows const& rows) {
    return {.order_id = rows.name<OrderId>(0),
            .appid = rows.maybe_name<AppId>(1),
            .open_id = rows.maybe_name<OpenId>(2),
            .created_at = rows.instant(3),
            .first = rows.id<UpgradeId>(4),
            .last = rows.id<UpgradeId>(5),
            .cancelled = rows.truth(9),
            .origin = upgrade::read_origin(rows.text(10)).value_or(upgrade::Origin::user),
            .by = rows.maybe_text(6),
            .release_id = rows.maybe_id<ReleaseId>(7),
            .upgrades = rows.maybe_number(8)};
}

// Adds the rows (id, state, cause, order_id) of that order to `tally`.
Result<void> count_upgrades(Rows& rows, OrderId const& order_id, OrderTally& tally,
                            UpgradeId& reached) {
    for (;; ++tally.looked) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return {};
        reached = rows.id<UpgradeId>(0);
        if (rows.text(3) != order_id.value) continue;
        TRY_ASSIGN(auto const state, state_column(rows, 1));
        ++tally.states[state];
        auto const cause = upgrade::word_of(rows.text(2));
        if (!cause.empty()) ++tally.causes[std::string(cause)];
    }
}

// The origin of other orders is in their appid.
bool starts_by_itself(upgrade::Origin origin) {
    return origin == upgrade::Origin::rollout || origin == upgrade::Origin::automatic;
}

}  // namespace

Result<std::optional<OrderRow>> OrdersRows::find(OrderId const& order_id) const {
    TRY_ASSIGN(auto rows, session_.query(one_order, order_id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return read_order(rows);
}

Result<Page<OrderRow>> OrdersRows::list(PageAsk const& ask) const {
    static constexpr std::string_view after_all = "~";  // Sorts after every ULID.
    auto rows = session_.query("SELECT " ORDER_COLUMNS ", " STARTED_BY
                               " FROM orders WHERE origin IS NULL AND order_id < $1 "
                               "ORDER BY order_id DESC LIMIT $2",
                               ask.after.value_or(std::string(after_all)), ask.limit + 1);
    auto const read = [](Rows const& row) -> Result<OrderRow> { return read_order(row); };
    return page_of(std::move(rows), ask, read,
                   [](OrderRow const& order) { return order.order_id.value; });
}

// The ids of the first steps come first, then those of later steps, which are higher.
Result<OrderTally> OrdersRows::tally(OrderRow const& order, UpgradeId after,
                                     std::int64_t limit) const {
    OrderTally tally;
    auto reached = after;
    if (after < order.last) {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT id, state, cause, order_id FROM upgrades "
                                  "WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3",
                                  std::max(after.value, order.first.value - 1), order.last, limit));
        TRY(count_upgrades(rows, order.order_id, tally, reached));
        if (tally.looked == limit) tally.next = reached;
    }
    if (tally.next) return tally;
    TRY_ASSIGN(auto rows,
               session_.query("SELECT id, state, cause, order_id FROM upgrades "
                              "WHERE order_id = $1 AND step > 1 AND id > $2 "
                              "ORDER BY id LIMIT $3",
                              order.order_id, std::max(reached, order.last), limit - tally.looked));
    TRY(count_upgrades(rows, order.order_id, tally, reached));
    if (tally.looked == limit) tally.next = std::max(reached, order.last);
    return tally;
}

Result<std::optional<OrderId>> OrdersRows::newest_running(OpenId const& open_id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT order_id FROM upgrades WHERE open_id = $1 "
                                         "AND finished_at IS NULL "
                                         "ORDER BY finished_at DESC, id DESC LIMIT 1",
                                         open_id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return rows.name<OrderId>(0);
}

// Reads the index only, which contains all columns that are read.
Result<DevicesAhead> OrdersRows::ahead(OpenId const& open_id, Did const& after,
                                       std::int64_t limit) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT model, version, MAX(did), COUNT(*), SUM(idle), "
                              "offers_after FROM ("
                              "SELECT d.did AS did, d.model AS model, d.version AS version, "
                              "d.offers_after AS offers_after, "
                              "CASE WHEN " UPDRAFT_ACTIVE_OF_D " IS NULL THEN 1 ELSE 0 END AS idle "
                              "FROM devices d WHERE d.open_id = $1 AND d.did > $2 "
                              "ORDER BY d.did LIMIT $3) AS next "
                              "GROUP BY model, version, offers_after "
                              "ORDER BY model, version, offers_after",
                              open_id, after, limit));
    DevicesAhead ahead;
    while (true) {
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) return ahead;
        ahead.last = std::max(ahead.last, rows.name<Did>(2));
        ahead.count += rows.number(3);
        auto const idle = rows.number(4);
        if (idle == 0) continue;
        ahead.kinds.push_back({{.model = rows.name<ModelName>(0),
                                .version = rows.name<Version>(1),
                                .offers_after = rows.maybe_id<ReleaseId>(5)},
                               idle});
    }
}

Result<void> OrdersRows::put(OrderRow const& order) {
    TRY(session_.change(
        "INSERT INTO orders (" ORDER_COLUMNS
        ", origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
        "ON CONFLICT (order_id) DO UPDATE SET last_id = excluded.last_id, "
        "upgrades = orders.upgrades + excluded.upgrades",
        order.order_id, order.appid, order.open_id, order.created_at, order.first, order.last,
        order.by, order.release_id, order.upgrades, order.cancelled,
        starts_by_itself(order.origin) ? std::optional(word(order.origin)) : std::nullopt));
    return {};
}

Result<void> OrdersRows::cancel(OrderId const& order_id) {
    return session_.change("UPDATE orders SET cancelled = 1 WHERE order_id = $1", order_id);
}

Result<void> OrdersRows::remove_if_empty(OrderId const& order_id) {
    return session_.change(
        "DELETE FROM orders WHERE order_id = $1 AND NOT EXISTS (SELECT 1 FROM upgrades u "
        "WHERE u.id >= orders.first_id AND u.id <= orders.last_id "
        "AND u.order_id = orders.order_id) "
        "AND NOT EXISTS (SELECT 1 FROM upgrades u "
        "WHERE u.order_id = orders.order_id AND u.step > 1) "
        "AND NOT EXISTS (SELECT 1 FROM openings o WHERE o.order_id = orders.order_id)",
        order_id);
}

}  // namespace updraft::sqlstore
