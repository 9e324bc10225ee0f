// The rows behind UpgradesTable.
//
// Lives here: their SQL.
// Not here:   what they mean (ports/upgrades_table.h).
#pragma once

#include "ports/upgrades_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class UpgradesRows final : public UpgradesTable {
public:
    explicit UpgradesRows(Session& session) : session_(session) {}

    Result<upgrade::Upgrade> find(UpgradeId id) const override;
    void expect(UpgradeId id) const override;
    void expect_active_of(Did const& did) const override;
    Result<std::optional<upgrade::Upgrade>> active_of(Did const& did) const override;
    void expect_active_id_of(Did const& did) const override;
    Result<std::optional<UpgradeId>> active_id_of(Did const& did) const override;
    Result<std::optional<OrderRow>> order(OrderId const& order_id) const override;
    Result<std::optional<OrderId>> newest_running_order(OpenId const& open_id) const override;
    Result<DevicesAhead> ahead(OpenId const& open_id, Did const& after,
                               std::int64_t limit) const override;
    Result<std::vector<FamilyUpgrade>> hanging_on(Did const& gateway,
                                                  std::int64_t limit) const override;
    Result<std::vector<upgrade::Upgrade>> running(OpenId const& open_id, UpgradeId after,
                                                  std::int64_t limit) const override;
    Result<std::vector<upgrade::Upgrade>> later_steps(OrderId const& order_id, UpgradeId after,
                                                      std::int64_t limit) const override;
    Result<std::vector<upgrade::Upgrade>> between(OrderId const& order_id, UpgradeId first,
                                                  UpgradeId last,
                                                  std::int64_t limit) const override;
    Result<std::vector<FinishedUpgrade>> finished(FinishedAsk const& ask) const override;
    Result<Page<upgrade::Upgrade>> list(UpgradeFilter const& filter,
                                        PageAsk const& ask) const override;
    Result<std::vector<TimelineEntry>> timeline(UpgradeId id) const override;
    Result<bool> heard(UpgradeId id, std::string_view report) const override;
    Result<std::vector<upgrade::Upgrade>> due(Instant now, std::int64_t limit) const override;
    Result<std::optional<Instant>> next_due() const override;

    Result<void> put_order(OrderRow const& order) override;
    Result<UpgradeId> open(upgrade::Upgrade const& upgrade) override;
    Result<OpenedMany> open_many(OpenMany const& wanted) override;
    Result<void> move(upgrade::Upgrade const& before, upgrade::Upgrade const& after) override;
    Result<void> give(UpgradeId id, OpenId const& open_id) override;
    Result<void> note(UpgradeId id, TimelineEntry const& entry, std::string_view report) override;
    Result<std::int64_t> make_due(ReleaseId release, Instant now) override;
    Result<Swept> sweep(Instant ended_before, UpgradeId after, std::int64_t limit) override;

private:
    [[nodiscard]] Result<Page<upgrade::Upgrade>> list_of_order(OrderRow const& row,
                                                               UpgradeFilter const& filter,
                                                               std::int64_t before,
                                                               std::int64_t limit) const;
    Result<void> drop_order_if_empty(OrderId const& order_id);
    void touch_due();

    Session& session_;
};

}  // namespace updraft::sqlstore
