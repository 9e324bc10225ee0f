// Implements Prefetch: announces the query of each hint to the session.
//
// Lives here: the query of each hint.
// Not here:   the SQL of the queries (tables/*_rows.cpp).
#pragma once

#include "ports/prefetch.h"
#include "sqlstore/tables/devices_rows.h"
#include "sqlstore/tables/outbox_rows.h"
#include "sqlstore/tables/upgrades_rows.h"

namespace updraft::sqlstore {

class PrefetchQueries final : public Prefetch {
public:
    PrefetchQueries(DevicesRows const& devices, UpgradesRows const& upgrades,
                    OutboxRows const& outbox)
        : devices_(devices), upgrades_(upgrades), outbox_(outbox) {}

    void device(Did const& did) const override { devices_.expect(did); }
    void attributes(Did const& did) const override { devices_.expect_attributes(did); }
    void upgrade(UpgradeId id) const override { upgrades_.expect(id); }
    void active_upgrade_of(Did const& did) const override { upgrades_.expect_active_of(did); }
    void active_upgrade_id_of(Did const& did) const override { upgrades_.expect_active_id_of(did); }
    void progress(AppId const& appid, Did const& did, UpgradeId upgrade) const override {
        outbox_.expect_progress(appid, did, upgrade);
    }

private:
    DevicesRows const& devices_;
    UpgradesRows const& upgrades_;
    OutboxRows const& outbox_;
};

}  // namespace updraft::sqlstore
