// Implements UpgradesTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/upgrades_table.h).
#pragma once

#include "ports/upgrades_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class UpgradesRows final : public UpgradesTable {
public:
    explicit UpgradesRows(Session& session) : session_(session) {}

    Result<upgrade::Upgrade> find(UpgradeId id) const override;
    Result<std::optional<upgrade::Upgrade>> active_of(Did const& did) const override;
    Result<std::optional<UpgradeId>> active_id_of(Did const& did) const override;
    Result<std::vector<FamilyUpgrade>> of_families(std::span<Did const> gateways,
                                                   std::int64_t limit) const override;
    Result<std::vector<upgrade::Upgrade>> running_of(ReleaseId release, RunningCursor const& after,
                                                     std::int64_t limit) const override;
    Result<bool> started_by_itself(Did const& did, ReleaseId release) const override;
    Result<std::vector<upgrade::Upgrade>> due(Instant now, std::int64_t limit) const override;
    Result<std::optional<Instant>> next_due() const override;
    Result<ByteSet> served(UpgradeId id) const override;

    Result<UpgradeId> open(upgrade::Upgrade const& upgrade) override;
    Result<OpenedMany> open_many(OpenMany const& wanted) override;
    Result<void> move(upgrade::Upgrade const& before, upgrade::Upgrade const& after) override;
    Result<void> record_served(UpgradeId id, ByteSet const& bytes) override;
    Result<void> give(UpgradeId id, OpenId const& open_id) override;
    Result<std::int64_t> make_due(ReleaseId release, Instant now) override;
    Result<void> remove(UpgradeId id) override;
    Result<Swept> sweep(Instant ended_before, UpgradeId after, std::int64_t limit) override;

    // As Prefetch::upgrade(), active_upgrade_of() and active_upgrade_id_of().
    void expect(UpgradeId id) const;
    void expect_active_of(Did const& did) const;
    void expect_active_id_of(Did const& did) const;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
