#include "push/announce.h"

#include "announce_stage.h"

namespace updraft::push {
namespace {

TEST_F(Announcing, TellsOfEachDeviceOnce) {
    add_app("shop");
    add_devices(25);
    change_device(did_of(3), [](auto& device) { device.version = {"2.0"}; });
    change_device(did_of(4), [](auto& device) { device.open_id.reset(); });
    EXPECT_EQ(step(), Announced::nothing);
    publish("2.0");
    EXPECT_EQ(walk(), Announced::nothing);
    EXPECT_EQ(notices(), 23);
    settle();
    EXPECT_EQ(posted().size(), 23U);
    EXPECT_EQ(http_client_.posted()[0].body.find(R"({"msgType":"ota_new_firmware","did":"d000)"),
              0U);
}

TEST_F(Announcing, TellsEveryAppThatTheUserGranted) {
    add_app("shop");
    auto const lab = add_app("lab");
    auto const quiet = add_app("quiet");
    auto const foreign = add_app("foreign");
    change_app(quiet, [](access::App& app) { app.push_events.new_firmware = false; });
    written([&](Tx& tx) { return tx.grants().remove_grant(foreign, user); });
    add_devices(3);
    publish("2.0");
    walk();
    EXPECT_EQ(notices(), 6);
    auto const of_lab = seen([&](Tx const& tx) { return tx.outbox().waiting_notices(lab, 10); });
    EXPECT_EQ(of_lab, 3);
}

TEST_F(Announcing, NobodyHearsOfAVersionTwice) {
    add_app("shop");
    add_devices(3);
    publish("2.0");
    walk();
    settle();
    change_device(did_of(0), [](auto&) {});  // As when it is bound again.
    publish("3.0");
    walk();
    settle();
    EXPECT_EQ(posted().size(), 6U);
    change_device(did_of(0), [](auto& device) { device.version = {"2.0"}; });
    settle();
    EXPECT_EQ(posted().size(), 6U);
}

TEST_F(Announcing, ADeviceIsToldOfWhenItIsBoundOrReportsAVersion) {
    add_app("shop");
    publish("2.0");
    walk();
    add_devices(2);
    change_device(did_of(0), [](auto& device) { device.name = "bound"; });
    change_device(did_of(1), [](auto& device) { device.version = {"2.0"}; });
    settle();
    EXPECT_EQ(posted(), Words{"notice " + did_of(0)});
}

TEST_F(Announcing, WaitsForAnAppThatTakesNothingAndDelaysNobodyElse) {
    rules.waiting_notices_max = 20;
    auto const dead = add_app("dead");
    auto const shop = add_app("shop");
    change_app(dead, [](auto& app) { app.push_state = access::PushState::suspended; });
    add_devices(100);
    publish("2.0");
    for (int i = 0; i < 50 && step() != Announced::waiting; ++i) settle();
    auto const waiting = [&](AppId const& app) {
        return seen([&](Tx const& tx) { return tx.outbox().waiting_notices(app, 1'000); });
    };
    EXPECT_LE(waiting(dead), 30);
    settle();
    EXPECT_EQ(waiting(shop), 0);
    EXPECT_EQ(posted().size(), 100U);

    change_app(dead, [](auto& app) { app.push_state = access::PushState::verified; });
    for (int i = 0; i < 50 && step() != Announced::nothing; ++i) pass(std::chrono::seconds{2});
    settle();
    EXPECT_EQ(posted().size(), 200U);
}

TEST_F(Announcing, StopsWhenTheReleaseIsWithdrawn) {
    add_app("shop");
    add_devices(30);
    auto const id = publish("2.0");
    step();
    written([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto release, tx.releases().find(id));
        release.state = firmware::ReleaseState::withdrawn;
        TRY(tx.releases().replace(release));
        return tx.announcements().stop(id);
    });
    EXPECT_EQ(step(), Announced::nothing);
    EXPECT_EQ(notices(), 10);
}

TEST_F(Announcing, AModelThatIsNotUpgradableIsNotAnnounced) {
    add_app("shop");
    add_devices(3);
    written([&](Tx& tx) { return set_upgradable(tx, false); });
    publish("2.0");
    EXPECT_EQ(walk(), Announced::nothing);
    change_device(did_of(0), [](auto&) {});
    EXPECT_EQ(notices(), 0);
}

TEST_F(Announcing, OverlappingReleasesTellOfTheNewestAlone) {
    add_app("shop");
    add_devices(20);
    publish("2.0");
    step();
    publish("3.0");
    EXPECT_EQ(walk(), Announced::nothing);
    settle();
    // The 10 notices of 2.0 that were written before 3.0 was published are dropped.
    EXPECT_EQ(posted().size(), 20U);
    for (auto const& message : messages()) EXPECT_NE(message.body.find("3.0"), std::string::npos);
}

}  // namespace
}  // namespace updraft::push
