#include "case_scene.h"
#include "ports/announcements_table.h"
#include "usecases/cancel_upgrade.h"
#include "usecases/order_devices.h"
#include "usecases/release_firmware.h"
#include "usecases/withdraw_firmware.h"

namespace updraft::usecases {
namespace {

using upgrade::State;

class Firmware : public CaseScene {
protected:
    ReleaseId draft() {
        firmware::Draft wanted;
        wanted.model = ModelName{"lamp"};
        wanted.version = Version{"2.0"};
        return act([&](Tx& tx) { return firmware::draft(tx, wanted, clock.now()); }).value().id;
    }
    Result<Withdrawn> withdraw_it(ReleaseId id) {
        return act([&](Tx& tx) { return withdraw_firmware(tx, use, actor, {id}, clock.now()); });
    }
};

TEST_F(Firmware, IsAnnouncedWithItsRelease) {
    auto const id = draft();
    ASSERT_TRUE(act([&](Tx& tx) {
        return firmware::attach(tx, id, firmware::Artifact{.bytes = 4, .digests = {}});
    }));
    FirmwareToRelease const wanted{.id = id, .utc_offset = std::chrono::hours{8}};
    auto const released =
        act([&](Tx& tx) { return release_firmware(tx, use, actor, wanted, clock.now()); });
    ASSERT_TRUE(released) << released.error().detail;
    EXPECT_EQ(released->release.state, firmware::ReleaseState::released);
    EXPECT_EQ(saw([](Tx const& tx) { return tx.announcements().opened(10); }).size(), 1U);
}

TEST_F(Firmware, EndsWhatIsQueuedWhenItIsWithdrawnAndNothingElse) {
    auto const id = release("2.0");
    for (auto const* did : {"queued", "running"}) device(did);
    auto const running = taken("running");
    ASSERT_TRUE(order("queued"));
    auto const queued = active("queued")->id;
    ASSERT_TRUE(withdraw_it(id));
    EXPECT_EQ(upgrade(queued).state, State::cancelled);
    EXPECT_EQ(upgrade(queued).cause, "withdrawn");
    EXPECT_EQ(results("queued"), 1U);
    EXPECT_EQ(upgrade(running).state, State::offered);
    EXPECT_EQ(results("running"), 0U);
}

TEST_F(Firmware, IsToldToBeWithdrawnOnce) {
    auto const id = release("2.0");
    auto const opened = [&] {
        return saw([](Tx const& tx) { return tx.announcements().opened(10); });
    };
    ASSERT_TRUE(withdraw_it(id));
    ASSERT_EQ(opened().size(), 1U);
    ASSERT_TRUE(act([&](Tx& tx) { return tx.announcements().begin(opened().front(), {}); }));
    ASSERT_TRUE(withdraw_it(id));
    EXPECT_TRUE(opened().empty());
}

TEST_F(Firmware, IsNotWithdrawnAsADraft) {
    EXPECT_EQ(withdraw_it(draft()).error().code, Errc::conflict);
    EXPECT_EQ(withdraw_it(ReleaseId{77}).error(),
              (Error{Errc::not_found, "there is no firmware 77"}));
}

class OperatorOrders : public CaseScene {
protected:
    Result<upgrade::Upgrade> cancel_it(UpgradeToCancel const& wanted) {
        return act([&](Tx& tx) { return cancel_upgrade(tx, use, actor, wanted, clock.now()); });
    }
};

TEST_F(OperatorOrders, StartWhatTheyCanAndSayWhyNotOfTheRest) {
    release("2.0");
    device("old");
    device("new", "2.0");
    upgrade::OperatorOrder wanted;
    wanted.dids = {Did{"old"}, Did{"new"}, Did{"none"}};
    auto const outcome =
        act([&](Tx& tx) { return order_devices(tx, use, actor, wanted, clock.now()); });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->started, 1);
    ASSERT_EQ(outcome->refused.size(), 2U);
    EXPECT_EQ(outcome->refused[0].code, Errc::nothing_to_upgrade);
    EXPECT_EQ(outcome->refused[1].code, Errc::not_bound);
    EXPECT_EQ(active("old")->order_id, outcome->order_id);
}

TEST_F(OperatorOrders, AreCancelledByAskingTheDeviceOrAtOnce) {
    release("2.0");
    device("d");
    auto const id = taken("d");
    EXPECT_EQ(cancel_it({.id = id})->state, State::cancelling);
    auto const forced = cancel_it({.id = id, .force = upgrade::Force::end_at_once});
    EXPECT_EQ(forced->state, State::cancelled);
    EXPECT_EQ(results("d"), 1U);
    EXPECT_EQ(cancel_it({.id = id}).error().code, Errc::conflict);
    EXPECT_EQ(cancel_it({.id = UpgradeId{77}}).error(),
              (Error{Errc::not_found, "there is no upgrade 77"}));
}

}  // namespace
}  // namespace updraft::usecases
