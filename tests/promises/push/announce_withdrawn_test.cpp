// Notices that hold no longer, and telling of withdrawn releases.
#include "push/notice.h"

#include "announce_stage.h"
#include "push/replay.h"

namespace updraft::push {
namespace {

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
    using Announcing::set_upgradable;
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
AWaitingNotice& notice_in(Announcing& stage) { return dynamic_cast<AWaitingNotice&>(stage); }
INSTANTIATE_TEST_SUITE_P(
    , AWaitingNotice,
    testing::Values(OvertakenCase{.name = "OfWhatIsOffered", .told = {"notice d00000 2.0"}},
                    OvertakenCase{.name = "OfAWithdrawnRelease",
                                  .happens =
                                      [](Announcing& stage) {
                                          notice_in(stage).withdraw(notice_in(stage).release_);
                                          notice_in(stage).walk();
                                      },
                                  .told = {}},
                    OvertakenCase{.name = "OfAnOvertakenRelease",
                                  .happens =
                                      [](Announcing& stage) {
                                          notice_in(stage).publish("3.0");
                                          notice_in(stage).walk();
                                      },
                                  .told = {"notice d00000 3.0"}},
                    OvertakenCase{.name = "OfAReleaseWhoseSuccessorWasWithdrawn",
                                  .happens =
                                      [](Announcing& stage) {
                                          auto const newer = notice_in(stage).publish("3.0");
                                          notice_in(stage).walk();
                                          notice_in(stage).withdraw(newer);
                                          notice_in(stage).walk();
                                      },
                                  .told = {"notice d00000 2.0"}},
                    OvertakenCase{.name = "OfAReleaseThatTheDeviceInstalled",
                                  .happens =
                                      [](Announcing& stage) {
                                          notice_in(stage).change_device(
                                              "d00000",
                                              [](auto& device) { device.version = {"2.0"}; });
                                      },
                                  .told = {"notice d00000 2.0"}},
                    OvertakenCase{.name = "OfAWithdrawnReleaseThatTheDeviceInstalled",
                                  .happens =
                                      [](Announcing& stage) {
                                          notice_in(stage).change_device(
                                              "d00000",
                                              [](auto& device) { device.version = {"2.0"}; });
                                          notice_in(stage).withdraw(notice_in(stage).release_);
                                          notice_in(stage).walk();
                                      },
                                  .told = {}},
                    OvertakenCase{.name = "OfAModelThatMayNotBeUpgradedAnyMore",
                                  .happens =
                                      [](Announcing& stage) {
                                          notice_in(stage).written([&](Tx& tx) {
                                              return notice_in(stage).set_upgradable(tx, false);
                                          });
                                      },
                                  .told = {}},
                    OvertakenCase{.name = "OfADeviceOfAnotherModel",
                                  .happens =
                                      [](Announcing& stage) {
                                          notice_in(stage).change_device(
                                              "d00000",
                                              [](auto& device) { device.model = {"other"}; });
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
    written([&](Tx& tx) { return set_upgradable(tx, false); });
    publish("2.0");
    walk();
    written([&](Tx& tx) -> Result<void> {
        TRY(set_upgradable(tx, true));
        return firmware::announce_again(tx, {"lamp"}, clock_.now());
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

}  // namespace
}  // namespace updraft::push
