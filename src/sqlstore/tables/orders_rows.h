// Implements OrdersTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/orders_table.h).
#pragma once

#include "ports/orders_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class OrdersRows final : public OrdersTable {
public:
    explicit OrdersRows(Session& session) : session_(session) {}

    Result<std::optional<OrderRow>> find(OrderId const& order_id) const override;
    Result<std::optional<OrderId>> newest_running(OpenId const& open_id) const override;
    Result<DevicesAhead> ahead(OpenId const& open_id, Did const& after,
                               std::int64_t limit) const override;

    Result<Page<OrderRow>> list(PageAsk const& ask) const override;
    Result<OrderTally> tally(OrderRow const& order, UpgradeId after,
                             std::int64_t limit) const override;

    Result<void> put(OrderRow const& order) override;
    Result<void> cancel(OrderId const& order_id) override;

    // Removes the order if it has no upgrade and is not being opened (ports/openings_table.h).
    Result<void> remove_if_empty(OrderId const& order_id);

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
