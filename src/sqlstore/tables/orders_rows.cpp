#include "sqlstore/tables/orders_rows.h"

#include <algorithm>

#include "sqlstore/tables/upgrade_columns.h"

namespace updraft::sqlstore {

Result<std::optional<OrderRow>> OrdersRows::find(OrderId const& order_id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT appid, open_id, created_at, first_id, last_id "
                                         "FROM orders WHERE order_id = $1",
                                         order_id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return OrderRow{.order_id = order_id,
                    .appid = rows.maybe_name<AppId>(0),
                    .open_id = rows.maybe_name<OpenId>(1),
                    .created_at = rows.instant(2),
                    .first = rows.id<UpgradeId>(3),
                    .last = rows.id<UpgradeId>(4)};
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
               session_.query("SELECT model, version, MAX(did), COUNT(*), SUM(idle) FROM ("
                              "SELECT d.did AS did, d.model AS model, d.version AS version, "
                              "CASE WHEN " UPDRAFT_ACTIVE_OF_D " IS NULL THEN 1 ELSE 0 END AS idle "
                              "FROM devices d WHERE d.open_id = $1 AND d.did > $2 "
                              "ORDER BY d.did LIMIT $3) AS next "
                              "GROUP BY model, version ORDER BY model, version",
                              open_id, after, limit));
    DevicesAhead ahead;
    while (true) {
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) return ahead;
        ahead.last = std::max(ahead.last, rows.name<Did>(2));
        ahead.count += rows.number(3);
        auto const idle = rows.number(4);
        if (idle == 0) continue;
        ahead.kinds.push_back({{rows.name<ModelName>(0), rows.name<Version>(1)}, idle});
    }
}

Result<void> OrdersRows::put(OrderRow const& order) {
    TRY(session_.change(
        "INSERT INTO orders (order_id, appid, open_id, created_at, first_id, last_id) "
        "VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (order_id) DO UPDATE SET last_id = excluded.last_id",
        order.order_id, order.appid, order.open_id, order.created_at, order.first, order.last));
    return {};
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
