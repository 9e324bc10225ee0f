// Implements UpgradeListsTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/upgrade_lists_table.h).
#pragma once

#include "ports/upgrade_lists_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class UpgradeListsRows final : public UpgradeListsTable {
public:
    explicit UpgradeListsRows(Session& session) : session_(session) {}

    Result<std::vector<upgrade::Upgrade>> running(OpenId const& open_id, UpgradeId after,
                                                  std::int64_t limit) const override;
    Result<std::vector<upgrade::Upgrade>> between(OrderId const& order_id, UpgradeId first,
                                                  UpgradeId last,
                                                  std::int64_t limit) const override;
    Result<std::vector<upgrade::Upgrade>> later_steps(OrderId const& order_id, UpgradeId after,
                                                      std::int64_t limit) const override;
    Result<std::vector<FinishedUpgrade>> finished(FinishedAsk const& ask) const override;
    Result<Page<upgrade::Upgrade>> list(UpgradeFilter const& filter,
                                        PageAsk const& ask) const override;

private:
    // The model of a release; nothing when there is no such release.
    [[nodiscard]] Result<std::optional<ModelName>> model_of(ReleaseId release) const;

    Session& session_;
};

}  // namespace updraft::sqlstore
