#include "push/announce.h"

#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "ports/models_table.h"
#include "ports/releases_table.h"
#include "push_stage.h"

namespace updraft::push {
namespace {

class Announcing : public PushStage {
protected:
    void add_devices(int count, std::string version = "1.0") {
        written([&](Tx& tx) -> Result<void> {
            for (int i = 0; i < count; ++i) {
                fleet::Device device;
                device.did = {did_of(i)};
                device.model = {"lamp"};
                device.version = {version};
                device.open_id = user;
                device.created_at = clock_.now();
                TRY(tx.devices().insert(device));
            }
            return {};
        });
    }
    static std::string did_of(int n) {
        auto const digits = std::to_string(n);
        return "d" + std::string(5 - digits.size(), '0') + digits;
    }
    void change_device(std::string did, std::function<void(fleet::Device&)> change) {
        written([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto device, tx.devices().find({did}));
            change(device);
            TRY(tx.devices().replace(device));
            return outbox_.tell_offer(tx, device, clock_.now());
        });
    }
    ReleaseId publish(std::string version) {
        return written([&](Tx& tx) -> Result<ReleaseId> {
            firmware::Release release;
            release.model = {"lamp"};
            release.version = {version};
            release.release_date = "2026-11-23";
            release.artifact = firmware::Artifact{.bytes = 8,
                                                  .digests = {.sha256 = std::string(64, 'a'),
                                                              .sha1 = std::string(40, 'b'),
                                                              .md5 = std::string(32, 'c')}};
            release.state = firmware::ReleaseState::released;
            release.created_at = clock_.now();
            release.released_at = clock_.now();
            TRY_ASSIGN(release.order, tx.releases().next_order());
            TRY_ASSIGN(auto const id, tx.releases().insert(release));
            TRY(tx.announcements().open(
                {.release = id, .model = {"lamp"}, .created_at = clock_.now()}));
            return id;
        });
    }
    Announced step() {
        auto const told = announce_step(*store_, outbox_, rules, clock_.now());
        if (!told) throw std::runtime_error(told.error().detail);
        return *told;
    }
    // Runs steps until there is nothing to do at once, and answers the last step's result.
    Announced walk() {
        for (;;) {
            auto const told = step();
            if (told != Announced::some) return told;
        }
    }
    std::int64_t notices() {
        return seen([](Tx const& tx) { return tx.outbox().depth(); }).notices;
    }

    AnnounceRules rules{.devices_per_step = 10, .waiting_notices_max = 1'000};
};

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
    written([](Tx& tx) {
        fleet::Model model;
        model.name = {"lamp"};
        model.upgradable = false;
        return tx.models().put(model);
    });
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
    // 20 notices of 3.0, and 10 notices of 2.0 that were written before 3.0 was published.
    EXPECT_EQ(posted().size(), 30U);
}

}  // namespace
}  // namespace updraft::push
