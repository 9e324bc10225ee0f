#include "push/dispatch.h"

#include "ports/deliveries_table.h"
#include "ports/outbox_table.h"
#include "ports/receivers_table.h"
#include "push/replay.h"
#include "push/signature.h"
#include "push_stage.h"

namespace updraft::push {
namespace {

using access::PushState;
using stage::ScriptedHttpClient;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Dispatching : public PushStage {};

TEST_F(Dispatching, PostsTheBodyWithKeysAndSignature) {
    auto const appid = add_app("shop");
    tell_result("a");
    turn();
    auto const parcels = http_client_.in_flight();
    ASSERT_EQ(parcels.size(), 1U);
    auto const& parcel = parcels[0];
    EXPECT_EQ(parcel.url, "https://shop.example/p");
    EXPECT_EQ(parcel.timeout, Millis{10'000});
    EXPECT_EQ(header(parcel, "Appid"), appid.value);
    EXPECT_EQ(header(parcel, "Appkey"), "key-of-shop");
    EXPECT_EQ(header(parcel, "Content-Type"), "application/json");
    EXPECT_EQ(header(parcel, "webhook-timestamp"), std::to_string(clock_.now().seconds()));
    EXPECT_EQ(header(parcel, "webhook-signature"),
              *sign({Secret(std::string(secret))}, {id_of(parcel)}, clock_.now(), parcel.body));
    EXPECT_EQ(header(parcel, "updraft-event-time"), std::to_string(clock_.now().ms));
    EXPECT_EQ(parcel.headers.size(), 7U);
}

TEST_F(Dispatching, TellsWhenItHappenedInEveryAttempt) {
    auto const appid = add_app("shop");
    auto const happened = std::to_string(clock_.now().ms);
    refuse_messages(ScriptedHttpClient::says(500));
    tell_result("a");
    tell_notice(appid, "a");
    settle();
    pass(minutes{1});
    auto const sent = messages();
    ASSERT_GE(sent.size(), 4U);
    for (auto const& parcel : sent) EXPECT_EQ(header(parcel, "updraft-event-time"), happened);
    EXPECT_NE(header(sent.back(), "webhook-timestamp"), header(sent.front(), "webhook-timestamp"));
}

TEST_F(Dispatching, SignsTwiceWhileOldKeysAreInGrace) {
    auto const appid = add_app("shop");
    change_app(appid, [&](access::App& app) {
        app.old_push_secret = access::Sealed{"whsec_b2xk"};
        app.old_keys_until = clock_.now() + minutes{1};
    });
    tell_result("a");
    settle();
    clock_.advance(minutes{1});
    tell_result("b");
    settle();
    auto const parcels = http_client_.posted();
    ASSERT_EQ(parcels.size(), 2U);
    EXPECT_NE(header(parcels[0], "webhook-signature").find(' '), std::string::npos);
    EXPECT_EQ(header(parcels[1], "webhook-signature").find(' '), std::string::npos);
}

TEST_F(Dispatching, KeepsTheOrderOfADeviceAndMixesDevices) {
    add_app("shop");
    tell_progress("a", 10);
    tell_result("a");
    tell_result("b");
    tell_result("a", 12);
    turn();
    EXPECT_EQ(sorted(posted()), (Words{"result a", "result b"}));
    settle();
    EXPECT_EQ(posted(2), Words{"result a"});
}

TEST_F(Dispatching, SendsOneProgressAnIntervalAndOnlyTheNewest) {
    add_app("shop");
    tell_progress("a", 0);
    settle();
    for (int percent = 10; percent < 50; percent += 10) {
        tell_progress("a", percent);
        settle();
    }
    EXPECT_EQ(posted(), Words{"progress a 0"});
    pass(Millis{2'999});
    EXPECT_EQ(posted(), Words{"progress a 0"});
    pass(Millis{1});
    EXPECT_EQ(posted(), (Words{"progress a 0", "progress a 40"}));
}

TEST_F(Dispatching, KeepsTheIntervalAlsoBehindAProgressInFlight) {
    add_app("shop");
    tell_progress("a", 0);
    turn();
    tell_progress("a", 10);
    tell_progress("a", 20);
    settle();
    EXPECT_EQ(posted(), Words{"progress a 0"});
    pass(seconds{3});
    EXPECT_EQ(posted(), (Words{"progress a 0", "progress a 20"}));
}

TEST_F(Dispatching, TellsTheResultAtOnceAndNoProgressAfterIt) {
    add_app("shop");
    tell_progress("a", 0);
    settle();
    tell_progress("a", 50);
    tell_result("a");
    settle();
    pass(minutes{5});
    EXPECT_EQ(posted(), (Words{"progress a 0", "result a"}));
}

TEST_F(Dispatching, WaitsForAProgressInFlightAndNeverRepeatsItBehindAResult) {
    add_app("shop");
    tell_progress("a", 50);
    turn();
    tell_result("a");
    turn();
    EXPECT_EQ(posted(), Words{"progress a 50"});
    ASSERT_TRUE(http_client_.answer("progress", ScriptedHttpClient::says(500)));
    settle();
    pass(minutes{5});
    EXPECT_EQ(posted(), (Words{"progress a 50", "result a"}));
}

TEST_F(Dispatching, TriesProgressForAMinuteAtMost) {
    add_app("shop");
    http_client_.follow([](Parcel const&) { return ScriptedHttpClient::says(503); });
    tell_progress("a", 50);
    settle();
    pass(seconds{7});
    pass(seconds{40});
    EXPECT_EQ(posted(), (Words{"progress a 50", "progress a 50", "progress a 50"}));
    pass(hours{1});
    EXPECT_EQ(posted().size(), 3U);
    auto const depth = seen([](Tx const& tx) { return tx.outbox().depth(); });
    EXPECT_EQ(depth.upgrade_messages, 0);
    EXPECT_EQ(depth.dead, 0);
}

TEST_F(Dispatching, RetriesAResultByTheScheduleWithTheSameIdAndBytes) {
    rules_.receivers.suspend_after = 1'000;
    restart();
    add_app("shop");
    refuse_messages(ScriptedHttpClient::says(500, "broken"));
    tell_result("a");
    settle();
    for (auto const pause : {seconds{6}, seconds{36}, seconds{144}, seconds{720}}) pass(pause);
    auto const parcels = messages();
    ASSERT_EQ(parcels.size(), 5U);
    for (auto const& parcel : parcels) {
        EXPECT_EQ(id_of(parcel), id_of(parcels[0]));
        EXPECT_EQ(parcel.body, parcels[0].body);
    }
    auto const log =
        seen([&](Tx const& tx) { return tx.deliveries().attempts({id_of(parcels[0])}); });
    ASSERT_EQ(log.size(), 5U);
    EXPECT_EQ(log[0].status, 500);
    EXPECT_EQ(log[0].answer, "broken");

    for (int hour = 0; hour < 80; ++hour) pass(hours{1});
    auto const letter = delivery(id_of(parcels[0]));
    EXPECT_EQ(letter.state, DeliveryState::dead);
    // Five attempts before the loop; then after 30 min, 1 h, 2 h and every 4 h, each delay varied
    // by up to 20 %. The test advances the clock in steps of 1 h.
    auto const tries = messages().size();
    EXPECT_GE(tries, 20U);
    EXPECT_LE(tries, 27U);
    pass(hours{50});
    EXPECT_EQ(messages().size(), tries);
}

TEST_F(Dispatching, WaitsAsLongAsRetryAfterSays) {
    add_app("shop");
    auto busy = ScriptedHttpClient::says(429);
    busy.retry_after = "600";
    http_client_.follow([&](Parcel const&) { return busy; });
    tell_result("a");
    settle();
    http_client_.follow([](Parcel const& parcel) { return ScriptedHttpClient::accepts(parcel); });
    pass(seconds{599});
    EXPECT_EQ(posted().size(), 1U);
    pass(seconds{1});
    EXPECT_EQ(posted().size(), 2U);
    EXPECT_EQ(delivery(id_of(http_client_.posted()[0])).state, DeliveryState::delivered);
}

TEST_F(Dispatching, RepeatsAfterACrashBetweenPostAndRecordWithTheSameId) {
    add_app("shop");
    tell_result("a");
    turn();
    EXPECT_EQ(http_client_.in_flight().size(), 1U);
    restart();
    http_client_.deliver();  // Answers the sender from before the restart.
    settle();
    auto const parcels = http_client_.posted();
    ASSERT_EQ(parcels.size(), 2U);
    EXPECT_EQ(id_of(parcels[0]), id_of(parcels[1]));
    EXPECT_EQ(parcels[0].body, parcels[1].body);
    EXPECT_EQ(delivery(id_of(parcels[0])).attempts, 1);
}

TEST_F(Dispatching, OneSilentReceiverDelaysNobody) {
    add_app("dead");
    add_app("shop");
    http_client_.follow([](Parcel const& parcel) -> std::optional<Receipt> {
        if (parcel.url.find("dead") != std::string::npos) return std::nullopt;
        return ScriptedHttpClient::accepts(parcel);
    });
    for (int i = 0; i < 100; ++i) tell_result("d" + std::to_string(i));
    settle();
    std::size_t arrived = 0;
    for (auto const& parcel : http_client_.posted())
        arrived += parcel.url == url_of("shop") ? 1 : 0;
    EXPECT_EQ(arrived, 100U);
    EXPECT_EQ(http_client_.in_flight().size(), 32U);
}

TEST_F(Dispatching, ARefusedMessageHoldsUpNoOtherDevice) {
    add_app("shop");
    http_client_.follow([](Parcel const& parcel) {
        bool const refused = parcel.body.find("\"a\"") != std::string::npos;
        return refused ? ScriptedHttpClient::says(500) : ScriptedHttpClient::accepts(parcel);
    });
    tell_result("a");
    tell_result("a", 12);
    tell_result("b");
    settle();
    EXPECT_EQ(sorted(posted()), (Words{"result a", "result b"}));
}

TEST_F(Dispatching, NoticesLeaveRoomForResults) {
    auto const appid = add_app("shop");
    http_client_.follow([](Parcel const&) -> std::optional<Receipt> { return std::nullopt; });
    for (int i = 0; i < 50; ++i) tell_notice(appid, "n" + std::to_string(i));
    turn();
    EXPECT_EQ(posted().size(), 8U);
    for (int i = 0; i < 50; ++i) tell_result("d" + std::to_string(i));
    turn();
    auto const words = posted(8);
    EXPECT_EQ(words.size(), 24U);
    for (auto const& word : words) EXPECT_TRUE(word.starts_with("result")) << word;
}

TEST_F(Dispatching, StreamsOfOneDeviceOvertakeEachOther) {
    auto const appid = add_app("shop");
    http_client_.follow([](Parcel const& parcel) {
        bool const notice = in_words(parcel.body).starts_with("notice");
        return notice ? ScriptedHttpClient::says(500) : ScriptedHttpClient::accepts(parcel);
    });
    tell_notice(appid, "a");
    settle();
    tell_result("a");
    settle();
    EXPECT_EQ(posted(), (Words{"notice a", "result a"}));
}

TEST_F(Dispatching, SubscribersAloneAreTold) {
    auto const appid = add_app("shop");
    auto const other = add_app("lab");
    change_app(appid, [](access::App& app) { app.push_events.progress = false; });
    change_app(other, [](access::App& app) { app.disabled = true; });
    tell_progress("a", 1);
    tell_result("a");
    settle();
    EXPECT_EQ(posted(), Words{"result a"});
    change_app(appid, [](access::App& app) { app.push_url.reset(); });
    tell_result("b");
    settle();
    EXPECT_EQ(posted().size(), 1U);
}

TEST_F(Dispatching, NothingIsToldOfADeviceWithoutUser) {
    add_app("shop");
    auto upgrade = upgrade_of("a");
    upgrade.open_id.reset();
    written([&](Tx& tx) { return outbox_.ended(tx, upgrade, clock_.now()); });
    settle();
    EXPECT_TRUE(posted().empty());
}

TEST_F(Dispatching, KeepsOutcomesAndSendsNothingMoreWhileTheStoreRefuses) {
    add_app("shop");
    tell_result("a");
    turn();
    tell_result("b");
    faulty_.refuse(true);
    ASSERT_EQ(http_client_.deliver(), 1U);
    settle();
    pass(minutes{1});
    EXPECT_GT(dispatch_->counts().unrecorded, 0U);
    auto const while_full = posted();
    EXPECT_EQ(std::ranges::count(while_full, "result a"), 1);
    faulty_.refuse(false);
    pass(seconds{1});
    EXPECT_EQ(sorted(posted()), (Words{"result a", "result b"}));
    for (auto const& parcel : http_client_.posted()) {
        EXPECT_EQ(delivery(id_of(parcel)).state, DeliveryState::delivered);
        EXPECT_EQ(delivery(id_of(parcel)).attempts, 1);
    }
    EXPECT_EQ(dispatch_->counts().in_flight, 0);
}

TEST_F(Dispatching, ReplaysOneMessageAndARange) {
    auto const appid = add_app("shop");
    tell_result("a");
    settle();
    clock_.advance(minutes{1});
    auto const since = clock_.now();
    tell_result("b");
    tell_result("c");
    settle();
    clock_.advance(minutes{1});
    auto const first = http_client_.posted()[0];
    written([&](Tx& tx) { return replay(tx, {id_of(first)}, clock_.now()); });
    settle();
    EXPECT_EQ(posted(3), Words{"result a"});
    EXPECT_EQ(id_of(http_client_.posted()[3]), id_of(first));
    EXPECT_EQ(http_client_.posted()[3].body, first.body);

    auto const replayed = written([&](Tx& tx) {
        ReplayRange const range{.appid = appid, .since = since, .until = clock_.now()};
        return replay_range(tx, range, {}, clock_.now());
    });
    EXPECT_EQ(replayed.count, 2);
    EXPECT_FALSE(replayed.last);
    settle();
    auto again = posted(4);
    std::ranges::sort(again);
    EXPECT_EQ(again, (Words{"result b", "result c"}));
}

TEST_F(Dispatching, CorrectsDueTimesAfterAClockThatJumpedForward) {
    add_app("shop");
    refuse_messages(ScriptedHttpClient::says(500));
    clock_.advance(hours{24 * 400});
    tell_result("a");
    settle();
    http_client_.follow([](Parcel const& parcel) { return ScriptedHttpClient::accepts(parcel); });
    clock_.advance(hours{-24 * 400});
    pass(minutes{1});
    pass(minutes{1});
    ASSERT_FALSE(messages().empty());
    EXPECT_EQ(delivery(id_of(messages()[0])).state, DeliveryState::delivered);
}

TEST_F(Dispatching, ClearsUpBehindARemovedApp) {
    auto const appid = add_app("shop", PushState::pending);
    tell_result("a");
    written([&](Tx& tx) { return tx.apps().remove(appid); });
    pass(minutes{1});
    pass(minutes{1});
    auto const left = seen([](Tx const& tx) { return tx.deliveries().list({}, {}); });
    EXPECT_TRUE(left.items.empty());
    EXPECT_FALSE(read(*store_, [&](Tx const& tx) { return tx.receivers().find(appid); }));
}

TEST_F(Dispatching, RunsOnItsOwnThreadAndStopsInOrder) {
    add_app("shop");
    dispatch_->start();
    tell_result("a");
    ASSERT_TRUE(http_client_.wait_for(1));
    tell_result("b");
    ASSERT_TRUE(http_client_.wait_for(2));
    http_client_.deliver();
    dispatch_->stop(seconds{30});
    EXPECT_EQ(delivery(id_of(http_client_.posted()[0])).state, DeliveryState::delivered);
    EXPECT_EQ(delivery(id_of(http_client_.posted()[1])).state, DeliveryState::delivered);
    std::optional<Errc> refused;
    dispatch_->verify_now({"any"},
                          [&](Result<Verdict> verdict) { refused = verdict.error().code; });
    EXPECT_EQ(refused, Errc::unavailable);
}

}  // namespace
}  // namespace updraft::push
