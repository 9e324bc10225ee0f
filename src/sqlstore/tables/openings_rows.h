// Implements OpeningsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/openings_table.h).
#pragma once

#include "ports/openings_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class OpeningsRows final : public OpeningsTable {
public:
    explicit OpeningsRows(Session& session) : session_(session) {}

    Result<std::optional<Opening>> find(OrderId const& order_id) const override;
    Result<std::optional<Opening>> of_user(OpenId const& open_id) const override;
    Result<std::optional<Opening>> stalled(Instant moved_before) const override;

    Result<void> begin(Opening const& opening) override;
    Result<void> advance(OrderId const& order_id, Did const& after, Instant now) override;
    Result<void> end(OrderId const& order_id) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
