// Implements DeliveriesTable in SQL.
//
// Lives here: the SQL of its functions; list() is in deliveries_list.cpp.
// Not here:   the contract of its functions (ports/deliveries_table.h), the columns
//             (schema/migrations/0005_push.sql).
#pragma once

#include "ports/deliveries_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class DeliveriesRows final : public DeliveriesTable {
public:
    explicit DeliveriesRows(Session& session) : session_(session) {}

    Result<push::Delivery> find(WebhookId const& id) const override;
    Result<std::vector<push::Attempt>> attempts(WebhookId const& id) const override;
    Result<Page<push::Delivery>> list(DeliveryFilter const& filter,
                                      PageAsk const& ask) const override;
    Result<std::vector<WebhookId>> replayable(AppId const& appid, WebhookId const& after,
                                              WebhookId const& before,
                                              std::int64_t limit) const override;

    Result<bool> record(WebhookId const& id, push::Attempt const& attempt,
                        AttemptOutcome const& outcome) override;
    Result<void> replay(WebhookId const& id, Instant now) override;
    Result<std::int64_t> sweep(Instant now, std::int64_t limit) override;
    Result<std::int64_t> drop_app(AppId const& appid, std::int64_t limit) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
