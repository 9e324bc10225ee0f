#include "push/announce.h"

#include "firmware/publish.h"
#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "ports/models_table.h"
#include "ports/releases_table.h"
#include "push/message.h"
#include "push/replay.h"
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
    void withdraw(ReleaseId id) {
        written([&](Tx& tx) { return withdrawn_in(tx, id); });
    }
    Result<void> withdrawn_in(Tx& tx, ReleaseId id) {
        TRY_ASSIGN(auto release, tx.releases().find(id));
        release.state = firmware::ReleaseState::withdrawn;
        TRY(tx.releases().replace(release));
        TRY(tx.announcements().stop(id));
        return tx.announcements().open(
            {.release = id, .model = release.model, .created_at = clock_.now()});
    }
    AppId subscribed(std::string name) {
        auto const id = add_app(std::move(name));
        change_app(id, [](access::App& app) { app.push_events.withdrawn = true; });
        return id;
    }
    void set_state(AppId const& app, access::PushState state) {
        change_app(app, [&](access::App& changed) { changed.push_state = state; });
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

struct OvertakenCase {
    std::string name;
    std::function<void(Announcing&)> happens = [](Announcing&) {};
    std::vector<std::string> told;  // After the receiver is up again.
};
class AWaitingNotice : public Announcing, public testing::WithParamInterface<OvertakenCase> {
public:
    using Announcing::add_devices;
    using Announcing::change_device;
    using Announcing::publish;
    using Announcing::walk;
    using Announcing::withdraw;
    using Announcing::written;
    ReleaseId release_;
};
TEST_P(AWaitingNotice, IsSentOnlyWhileItHolds) {
    auto const shop = subscribed("shop");
    set_state(shop, access::PushState::suspended);
    add_devices(1);
    release_ = publish("2.0");
    walk();
    ASSERT_EQ(notices(), 1);
    GetParam().happens(*this);
    restart();  // As after a crash.
    set_state(shop, access::PushState::verified);
    pass(std::chrono::minutes{1});
    std::vector<std::string> told;
    for (auto const& message : messages()) {
        auto const version = version_in_notice(message.body);
        told.push_back(in_words(message.body) + (version ? " " + version->value : ""));
    }
    EXPECT_EQ(told, GetParam().told);
    EXPECT_EQ(notices(), 0);
}
AWaitingNotice& at(Announcing& stage) { return dynamic_cast<AWaitingNotice&>(stage); }
INSTANTIATE_TEST_SUITE_P(
    , AWaitingNotice,
    testing::Values(OvertakenCase{.name = "OfWhatIsOffered", .told = {"notice d00000 2.0"}},
                    OvertakenCase{.name = "OfAWithdrawnRelease",
                                  .happens =
                                      [](Announcing& stage) {
                                          at(stage).withdraw(at(stage).release_);
                                          at(stage).walk();
                                      },
                                  .told = {}},
                    OvertakenCase{.name = "OfAnOvertakenRelease",
                                  .happens =
                                      [](Announcing& stage) {
                                          at(stage).publish("3.0");
                                          at(stage).walk();
                                      },
                                  .told = {"notice d00000 3.0"}},
                    OvertakenCase{.name = "OfAReleaseWhoseSuccessorWasWithdrawn",
                                  .happens =
                                      [](Announcing& stage) {
                                          auto const newer = at(stage).publish("3.0");
                                          at(stage).walk();
                                          at(stage).withdraw(newer);
                                          at(stage).walk();
                                      },
                                  .told = {"notice d00000 2.0"}},
                    OvertakenCase{.name = "OfAReleaseThatTheDeviceInstalled",
                                  .happens =
                                      [](Announcing& stage) {
                                          at(stage).change_device("d00000", [](auto& device) {
                                              device.version = {"2.0"};
                                          });
                                      },
                                  .told = {"notice d00000 2.0"}},
                    OvertakenCase{.name = "OfAWithdrawnReleaseThatTheDeviceInstalled",
                                  .happens =
                                      [](Announcing& stage) {
                                          at(stage).change_device("d00000", [](auto& device) {
                                              device.version = {"2.0"};
                                          });
                                          at(stage).withdraw(at(stage).release_);
                                          at(stage).walk();
                                      },
                                  .told = {}},
                    OvertakenCase{.name = "OfAModelThatMayNotBeUpgradedAnyMore",
                                  .happens =
                                      [](Announcing& stage) {
                                          at(stage).written([](Tx& tx) {
                                              fleet::Model model;
                                              model.name = {"lamp"};
                                              model.upgradable = false;
                                              return tx.models().put(model);
                                          });
                                      },
                                  .told = {}},
                    OvertakenCase{.name = "OfADeviceOfAnotherModel",
                                  .happens =
                                      [](Announcing& stage) {
                                          at(stage).change_device("d00000", [](auto& device) {
                                              device.model = {"other"};
                                          });
                                      },
                                  .told = {}}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Announcing, AnAppWhoseNoticeWasDroppedIsToldWhenTheOfferComesBack) {
    auto const shop = add_app("shop");
    add_devices(1);
    publish("2.0");
    walk();
    refuse_messages(stage::ScriptedHttpClient::says(500));
    settle();
    auto const newer = publish("3.0");
    walk();
    pass(std::chrono::seconds{30});  // The notice of 2.0 is dropped, that of 3.0 is refused.
    EXPECT_EQ(notices(), 1);
    withdraw(newer);
    http_client_.follow(stage::ScriptedHttpClient::accepts);
    auto const before = messages().size();
    pass(std::chrono::minutes{2});
    auto const sent = messages();
    ASSERT_EQ(sent.size(), before + 1);
    EXPECT_EQ(version_in_notice(sent.back().body), Version{"2.0"});
    EXPECT_EQ(notices(), 0);
}

// The notice of 2.0 was dropped as overtaken, that of 3.0 was delivered, and 3.0 is withdrawn.
TEST_F(Announcing, AnAppIsToldAgainOfWhatIsOfferedAfterAWithdrawal) {
    auto const shop = add_app("shop");
    add_devices(2);
    change_device(did_of(1), [](auto& device) { device.version = {"2.0"}; });
    set_state(shop, access::PushState::suspended);
    publish("2.0");
    walk();
    auto const newer = publish("3.0");
    walk();
    set_state(shop, access::PushState::verified);
    pass(std::chrono::minutes{1});
    auto const before = posted().size();
    withdraw(newer);
    EXPECT_EQ(walk(), Announced::nothing);
    settle();
    EXPECT_EQ(posted(before), Words{"notice " + did_of(0)});
    EXPECT_EQ(version_in_notice(messages().back().body), Version{"2.0"});
}

TEST_F(Announcing, AnAppIsToldWhenAModelIsUpgradableAgain) {
    add_app("shop");
    add_devices(1);
    written([](Tx& tx) {
        fleet::Model model;
        model.name = {"lamp"};
        model.upgradable = false;
        return tx.models().put(model);
    });
    publish("2.0");
    walk();
    written([&](Tx& tx) -> Result<void> {
        fleet::Model model;
        model.name = {"lamp"};
        TRY(tx.models().put(model));
        return firmware::announce_again(tx, model.name, clock_.now());
    });
    walk();
    settle();
    EXPECT_EQ(posted(), Words{"notice " + did_of(0)});
}

// Rows of a program that did not write the version: it is in the body.
TEST_F(Announcing, ANoticeThatDoesNotNameItsVersionIsDroppedAsWell) {
    auto const shop = add_app("shop");
    add_devices(1);
    auto const id = publish("2.0");
    written([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const device, tx.devices().find({did_of(0)}));
        TRY_ASSIGN(auto const release, tx.releases().find(id));
        return tx.outbox().enqueue({.webhook_id = id_source_.webhook_id(clock_.now()),
                                    .appid = shop,
                                    .did = device.did,
                                    .type = MsgType::new_firmware,
                                    .upgrade = {},
                                    .body = new_firmware_body(device, release),
                                    .created_at = clock_.now(),
                                    .due_at = clock_.now()});
    });
    withdraw(id);
    settle();
    EXPECT_EQ(posted(), Words{});
    EXPECT_EQ(notices(), 0);
}

TEST_F(Announcing, ANoticeThatDoesNotHoldAnyMoreIsNotReplayed) {
    auto const shop = add_app("shop");
    add_devices(1);
    auto const id = publish("2.0");
    walk();
    settle();
    auto const notice = id_of(messages().at(0));
    auto const replayed = [&] {
        return write(*store_, [&](Tx& tx) { return replay(tx, {notice}, clock_.now()); });
    };
    EXPECT_TRUE(replayed());
    settle();
    EXPECT_EQ(messages().size(), 2U);
    withdraw(id);
    EXPECT_EQ(replayed().error().code, Errc::conflict);
    ReplayRange const range{shop, clock_.now() - std::chrono::hours{1},
                            clock_.now() + std::chrono::hours{1}};
    auto const all =
        write(*store_, [&](Tx& tx) { return replay_range(tx, range, {}, clock_.now()); });
    EXPECT_EQ(all->count, 0);
    settle();
    EXPECT_EQ(messages().size(), 2U);
}

TEST_F(Announcing, AWithdrawalIsToldToWhoSubscribedAndWasTold) {
    auto const shop = subscribed("shop");
    add_app("quiet");
    auto const late = subscribed("late");
    set_state(late, access::PushState::suspended);
    add_devices(25);
    change_device(did_of(3), [](auto& device) { device.open_id.reset(); });
    auto const id = publish("2.0");
    walk();
    settle();
    auto const before = messages().size();
    EXPECT_EQ(before, 48U);
    withdraw(id);
    EXPECT_EQ(walk(), Announced::nothing);
    settle();
    auto const sent = messages();
    ASSERT_EQ(sent.size(), before + 24);
    for (auto i = before; i < sent.size(); ++i) EXPECT_EQ(sent[i].url, url_of("shop"));
    auto const did = in_words(sent.back().body).substr(std::string("withdrawn ").size());
    EXPECT_EQ(sent.back().body, R"({"msgType":"ota_firmware_withdrawn","did":")" + did +
                                    R"(","firmwareVersion":"2.0"})");
    EXPECT_EQ(header(sent.back(), "updraft-order-id"), "");
    // Who was not told of the release is told of nothing, and nothing waits for it.
    set_state(late, access::PushState::verified);
    for (int i = 0; i < 50 && notices() > 0; ++i) pass(std::chrono::seconds{2});
    EXPECT_EQ(messages().size(), sent.size());
    EXPECT_EQ(notices(), 0);
}

TEST_F(Announcing, AWithdrawalWaitsBehindANoticeThatIsBeingSent) {
    subscribed("shop");
    add_devices(1);
    auto const id = publish("2.0");
    walk();
    turn();
    withdraw(id);
    walk();
    restart();  // The receiver got the notice, but its answer was not recorded.
    settle();
    EXPECT_EQ(posted(), Words{"notice " + did_of(0)});
    EXPECT_EQ(notices(), 0);

    auto const next = publish("3.0");
    walk();
    turn();
    withdraw(next);
    walk();
    settle();
    EXPECT_EQ(posted(1), (Words{"notice " + did_of(0), "withdrawn " + did_of(0)}));
}

TEST_F(Announcing, AWithdrawalWritesNoMoreRowsAtOnceThanARelease) {
    rules.waiting_notices_max = 20;
    auto const shop = subscribed("shop");
    add_devices(100);
    auto const id = publish("2.0");
    for (int i = 0; i < 50 && step() != Announced::nothing; ++i) settle();
    settle();
    ASSERT_EQ(messages().size(), 100U);
    set_state(shop, access::PushState::suspended);
    withdraw(id);
    EXPECT_EQ(walk(), Announced::waiting);
    EXPECT_LE(notices(), 30);
    set_state(shop, access::PushState::verified);
    for (int i = 0; i < 50 && step() != Announced::nothing; ++i) settle();
    settle();
    EXPECT_EQ(messages().size(), 200U);
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
    // The 10 notices of 2.0 that were written before 3.0 was published are dropped.
    EXPECT_EQ(posted().size(), 20U);
    for (auto const& message : messages()) EXPECT_NE(message.body.find("3.0"), std::string::npos);
}

}  // namespace
}  // namespace updraft::push
