// The fixture of the suites about upgrades and orders.
//
// Lives here: devices and upgrades with default values, and short forms of the store's calls.
//
// Not here:   the promises (contracts/store/upgrades_test.cpp, contracts/store/orders_test.cpp).
#pragma once

#include "backend.h"

#include "ports/orders_table.h"
#include "ports/upgrades_table.h"

namespace updraft::contract {

using upgrade::State;
using upgrade::Upgrade;

class Upgrades : public StoreContract {
protected:
    void insert(std::string did, std::string user = "user", std::string version = "1.0",
                std::string gateway = "") {
        auto device = a_device(std::move(did));
        device.open_id = OpenId{std::move(user)};
        device.version = Version{std::move(version)};
        if (!gateway.empty()) device.gateway_did = Did{std::move(gateway)};
        written([&](Tx& tx) { return tx.devices().insert(device); });
    }
    static Upgrade an_upgrade(std::string did, std::string order = "order") {
        Upgrade upgrade;
        upgrade.order_id = OrderId{std::move(order)};
        upgrade.did = Did{std::move(did)};
        upgrade.model = ModelName{"lamp"};
        upgrade.open_id = OpenId{"user"};
        upgrade.release_id = ReleaseId{11};
        upgrade.from_version = Version{"1.0"};
        upgrade.version = Version{"2.0"};
        upgrade.created_at = noon;
        upgrade.due_at = noon + std::chrono::hours{1};
        return upgrade;
    }
    Upgrade open(Upgrade upgrade) {
        upgrade.id = written([&](Tx& tx) { return tx.upgrades().open(upgrade); });
        return upgrade;
    }
    Upgrade find(UpgradeId id) {
        return seen([&](Tx const& tx) { return tx.upgrades().find(id); });
    }
    Upgrade finish(Upgrade before, Instant at, State state = State::succeeded) {
        auto after = before;
        after.state = state;
        after.progress = state == State::succeeded ? 100 : before.progress;
        after.finished_at = at;
        after.due_at.reset();
        written([&](Tx& tx) { return tx.upgrades().move(before, after); });
        return after;
    }
    void put_order(std::string id, UpgradeId first, UpgradeId last) {
        OrderRow const order{
            OrderId{std::move(id)}, std::nullopt, OpenId{"user"}, noon, first, last};
        written([&](Tx& tx) { return tx.orders().put(order); });
    }
    static std::vector<UpgradeId> ids(std::vector<Upgrade> const& upgrades) {
        std::vector<UpgradeId> found;
        for (auto const& one : upgrades) found.push_back(one.id);
        return found;
    }
};

}  // namespace updraft::contract
