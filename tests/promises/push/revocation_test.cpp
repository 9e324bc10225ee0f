// Messages after a user revoked a grant, an app was disabled, or a device got another user.
#include "access/granting.h"
#include "ports/deliveries_table.h"
#include "ports/devices_table.h"
#include "push/replay.h"
#include "push_stage.h"

namespace updraft::push {
namespace {

using stage::ScriptedHttpClient;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Revocation : public PushStage {
protected:
    void delete_grant(AppId const& appid) {
        written([&](Tx& tx) { return access::revoke(tx, {appid, user}); });
    }
    void give_grant(AppId const& appid) {
        clock_.advance(Millis{1});
        written([&](Tx& tx) { return tx.grants().put_grant({appid, user, clock_.now()}); });
    }
    void put_device(std::string did, OpenId open_id) {
        fleet::Device device;
        device.did = {std::move(did)};
        device.model = {"lamp"};
        device.version = {"1.0"};
        device.open_id = std::move(open_id);
        device.token_digest = sha256(device.did.value);
        written([&](Tx& tx) { return tx.devices().insert(device); });
    }
    // Enqueues a notice, as Outbox::tell_offer() does.
    void tell_notice_of(AppId const& appid, std::string did, OpenId const& open_id) {
        written([&](Tx& tx) {
            return tx.outbox().enqueue(
                {.webhook_id = id_source_.webhook_id(clock_.now()),
                 .appid = appid,
                 .did = {did},
                 .type = MsgType::new_firmware,
                 .upgrade = {},
                 .open_id = open_id,
                 .body = R"({"msgType":"ota_new_firmware","did":")" + did + R"("})",
                 .created_at = clock_.now(),
                 .due_at = clock_.now()});
        });
    }
    // The messages of the app in the store.
    std::size_t kept(AppId const& appid) {
        DeliveryFilter filter;
        filter.appid = appid;
        return seen([&](Tx const& tx) { return tx.deliveries().list(filter, {}); }).items.size();
    }
    Result<void> replayed(std::string const& id) {
        return write(*store_, [&](Tx& tx) { return replay(tx, {id}, clock_.now()); });
    }
    Result<Replayed> all_replayed(AppId const& appid) {
        return write(*store_, [&](Tx& tx) {
            ReplayRange const range{appid, clock_.now() - hours{100}, clock_.now() + hours{1}};
            return replay_range(tx, range, {}, clock_.now());
        });
    }
};

TEST_F(Revocation, OfAGrantEndsWaitingMessagesAndNoOtherApps) {
    auto const shop = add_app("shop");
    auto const lab = add_app("lab");
    refuse_messages(ScriptedHttpClient::says(500));
    tell_result("a");
    tell_progress("b", 10);
    settle();
    delete_grant(shop);
    http_client_.follow(ScriptedHttpClient::accepts);
    auto const before = messages().size();
    pass(minutes{10});
    auto const sent = messages();
    ASSERT_GT(sent.size(), before);
    for (auto i = before; i < sent.size(); ++i) EXPECT_EQ(sent[i].url, url_of("lab"));
    EXPECT_EQ(kept(shop), 0U);
    EXPECT_GT(kept(lab), 0U);
}

TEST_F(Revocation, OfAGrantEndsWhatFollowsThoughTheUpgradeGoesOn) {
    auto const shop = add_app("shop");
    tell_progress("a", 0);
    settle();
    delete_grant(shop);
    tell_progress("a", 50);
    tell_result("a");
    pass(minutes{10});
    EXPECT_EQ(posted(), Words{"progress a 0"});
}

TEST_F(Revocation, EndsTheRetriesOfAMessageThatIsBeingSent) {
    auto const shop = add_app("shop");
    tell_result("a");
    turn();
    delete_grant(shop);
    ASSERT_TRUE(http_client_.answer("result", ScriptedHttpClient::says(500)));
    pass(minutes{10});
    EXPECT_EQ(posted(), Words{"result a"});
    EXPECT_EQ(kept(shop), 0U);
}

TEST_F(Revocation, IsNotUndoneByANewGrant) {
    auto const shop = add_app("shop");
    refuse_messages(ScriptedHttpClient::says(500));
    tell_result("old");
    settle();
    delete_grant(shop);
    give_grant(shop);
    http_client_.follow(ScriptedHttpClient::accepts);
    tell_result("new");
    pass(minutes{10});
    EXPECT_EQ(posted(), (Words{"result old", "result new"}));
    EXPECT_EQ(kept(shop), 1U);
}

TEST_F(Revocation, HoldsWhenTheClockIsSetBack) {
    auto const shop = add_app("shop");
    refuse_messages(ScriptedHttpClient::says(500));
    tell_result("old");
    settle();
    delete_grant(shop);
    clock_.advance(-hours{1});
    give_grant(shop);
    clock_.advance(-hours{1});
    http_client_.follow(ScriptedHttpClient::accepts);
    tell_result("new");
    pass(hours{3});
    EXPECT_EQ(posted(), (Words{"result old", "result new"}));
}

TEST_F(Revocation, LetsNoReplayBringMessagesBack) {
    auto const shop = add_app("shop");
    tell_result("delivered");
    settle();
    auto const delivered = id_of(messages().at(0));
    refuse_messages(ScriptedHttpClient::says(500));
    tell_result("dead");
    pass(hours{73});
    auto const dead = id_of(messages().back());
    EXPECT_EQ(delivery(dead).state, DeliveryState::dead);
    http_client_.follow(ScriptedHttpClient::accepts);
    auto const before = posted().size();

    delete_grant(shop);
    for (auto const& id : {delivered, dead}) {
        EXPECT_EQ(replayed(id).error().code, Errc::conflict);
    }
    EXPECT_EQ(all_replayed(shop)->count, 0);
    give_grant(shop);
    EXPECT_EQ(replayed(dead).error().code, Errc::conflict);
    tell_result("new");
    settle();
    EXPECT_EQ(all_replayed(shop)->count, 1);
    settle();
    EXPECT_EQ(posted(before), (Words{"result new", "result new"}));
}

TEST_F(Revocation, OfADisabledAppWaitsAndCanNotBeReplayed) {
    auto const shop = add_app("shop");
    tell_result("a");
    settle();
    tell_result("b");
    change_app(shop, [](access::App& app) { app.disabled = true; });
    tell_result("c");
    pass(minutes{10});
    EXPECT_EQ(posted(), Words{"result a"});
    EXPECT_EQ(replayed(id_of(messages().at(0))).error().code, Errc::conflict);
    EXPECT_EQ(all_replayed(shop).error().code, Errc::conflict);
    change_app(shop, [](access::App& app) { app.disabled = false; });
    pass(seconds{3});
    EXPECT_EQ(posted(), (Words{"result a", "result b"}));
}

// The old user's app gets the result that tells of the new user, and nothing else.
TEST_F(Revocation, OfADeviceThatGotAnotherUserLeavesItsResultAlone) {
    auto const shop = add_app("shop");
    put_device("rebound", user);
    put_device("stays", user);
    refuse_messages(ScriptedHttpClient::says(500));
    tell_notice_of(shop, "rebound", user);
    tell_notice_of(shop, "stays", user);
    settle();
    auto const sent = messages();
    auto const notice = id_of(*std::ranges::find_if(
        sent, [](Parcel const& one) { return in_words(one.body) == "notice rebound"; }));
    written([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto device, tx.devices().find({"rebound"}));
        device.open_id = OpenId{"user-2"};
        return tx.devices().replace(device);
    });
    tell_result("rebound");
    http_client_.follow(ScriptedHttpClient::accepts);
    EXPECT_EQ(replayed(notice).error().code, Errc::conflict);
    auto const before = posted().size();
    pass(minutes{10});
    EXPECT_EQ(sorted(posted(before)), (Words{"notice stays", "result rebound"}));
}

// Rows of a program that did not write the user: it is that of the upgrade, or of the device.
TEST_F(Revocation, KnowsTheUserOfAMessageThatDoesNotNameIt) {
    auto const shop = add_app("shop");
    put_device("a", user);
    put_device("foreign", OpenId{"user-2"});
    tell_notice(shop, "foreign");
    tell_notice(shop, "a");
    settle();
    EXPECT_EQ(posted(), Words{"notice a"});
    tell_notice(shop, "a");
    delete_grant(shop);
    settle();
    EXPECT_EQ(posted(), Words{"notice a"});
}

}  // namespace
}  // namespace updraft::push
