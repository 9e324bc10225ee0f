// What every store promises about messages of every state and their attempts.
#include "outbox.h"

namespace updraft::contract {
namespace {

class Deliveries : public OutboxContract {};

TEST_P(Deliveries, KeepsAMessageAsItWasWritten) {
    auto const id = put(MsgType::result, {"lamp-1"});
    auto const kept = find(id);
    EXPECT_EQ(kept.appid, shop);
    EXPECT_EQ(kept.did, Did{"lamp-1"});
    EXPECT_EQ(kept.type, MsgType::result);
    EXPECT_EQ(kept.body, "{\"n\":1}");
    EXPECT_EQ(kept.state, DeliveryState::pending);
    EXPECT_EQ(kept.attempts, 0);
    EXPECT_EQ(kept.created_at, noon);
    EXPECT_EQ(kept.next_attempt_at, noon);
    EXPECT_FALSE(kept.delivered_at);
    auto const unknown =
        read(store(), [](Tx const& tx) { return tx.deliveries().find({"msg_x"}); });
    EXPECT_EQ(unknown.error().code, Errc::not_found);
}

TEST_P(Deliveries, EndsAMessageOnceAndForAll) {
    auto const id = put(MsgType::result, {"a"});
    EXPECT_TRUE(record(id, Delivered{}));
    EXPECT_FALSE(record(id, TryAgain{noon}));
    auto const kept = find(id);
    EXPECT_EQ(kept.state, DeliveryState::delivered);
    EXPECT_EQ(kept.attempts, 1);
    EXPECT_EQ(kept.delivered_at, noon + Millis{7});
    EXPECT_FALSE(kept.next_attempt_at);
    EXPECT_FALSE(record({"msg_unknown"}, Delivered{}));
}

TEST_P(Deliveries, ReplaysWithTheSameIdAndBytesAtTheEndOfItsLane) {
    auto const delivered = put(MsgType::result, {"a"});
    record(delivered, Delivered{});
    auto const waiting = put(MsgType::result, {"a"});
    auto const replay = [&](WebhookId const& id) {
        return write(store(),
                     [&](Tx& tx) { return tx.deliveries().replay(id, noon + Millis{50}); });
    };
    ASSERT_TRUE(replay(delivered));
    auto const kept = find(delivered);
    EXPECT_EQ(kept.state, DeliveryState::pending);
    EXPECT_EQ(kept.body, "{\"n\":1}");
    EXPECT_EQ(kept.attempts, 1);
    EXPECT_FALSE(kept.delivered_at);
    EXPECT_EQ(due(noon + Millis{50}), Ids{waiting});
    record(waiting, Delivered{});
    EXPECT_EQ(due(noon + Millis{50}), Ids{delivered});

    EXPECT_EQ(replay({"msg_unknown"}).error().code, Errc::not_found);
    EXPECT_EQ(replay(put(MsgType::progress, {"c"})).error().code, Errc::conflict);
    auto const later = put(MsgType::result, {"d"}, shop, noon + Millis{9'000});
    ASSERT_TRUE(replay(later));
    EXPECT_EQ(due(noon + Millis{50}, Stream::upgrade, shop, 9, "c"), (Ids{delivered, later}));
}

TEST_P(Deliveries, FindsWhatCanBeReplayedBetweenTwoIds) {
    Ids ids;
    for (int i = 0; i < 6; ++i) ids.push_back(put(MsgType::result, {"d" + std::to_string(i)}));
    auto const progress = put(MsgType::progress, {"p"});
    record(ids[1], Dead{});
    record(ids[2], Delivered{});
    record(ids[3], Dead{});
    record(ids[5], Delivered{});
    record(progress, Delivered{});
    auto const between = [&](WebhookId const& after, WebhookId const& before, std::int64_t limit) {
        return seen(
            [&](Tx const& tx) { return tx.deliveries().replayable(shop, after, before, limit); });
    };
    EXPECT_EQ(between({"msg_"}, {"msg_9"}, 9), (Ids{ids[1], ids[2], ids[3], ids[5]}));
    EXPECT_EQ(between(ids[1], ids[5], 9), (Ids{ids[2], ids[3]}));
    EXPECT_EQ(between({"msg_"}, {"msg_9"}, 2), (Ids{ids[1], ids[2]}));
}

TEST_P(Deliveries, RememberWhyAnAttemptFailed) {
    auto const id = put(MsgType::result, {"a"});
    std::vector<std::optional<push::AttemptFault>> expected{
        push::AttemptFault::dns, push::AttemptFault::code, {}};
    for (auto const& fault : expected) {
        push::Attempt const attempt{.at = noon, .status = fault ? 0 : 200, .fault = fault};
        auto const outcome = fault ? AttemptOutcome{TryAgain{noon}} : AttemptOutcome{Delivered{}};
        written([&](Tx& tx) { return tx.deliveries().record(id, attempt, outcome); });
    }
    std::vector<std::optional<push::AttemptFault>> kept;
    for (auto const& attempt : seen([&](Tx const& tx) { return tx.deliveries().attempts(id); })) {
        kept.push_back(attempt.fault);
    }
    EXPECT_EQ(kept, expected);
}

TEST_P(Deliveries, SweepsWhatWasKeptLongEnough) {
    auto const progress = put(MsgType::progress, {"a"});
    auto const result = put(MsgType::result, {"a"});
    auto const dead = put(MsgType::result, {"b"});
    auto const pending = put(MsgType::result, {"c"});
    record(progress, Delivered{});
    record(result, Delivered{});
    record(dead, Dead{});
    auto const left_after = [&](std::chrono::hours hours) {
        written([&](Tx& tx) { return tx.deliveries().sweep(noon + hours + Millis{7}, 100); });
        return list({}, 10);
    };
    EXPECT_EQ(left_after(std::chrono::hours{1}), (Ids{pending, dead, result}));
    EXPECT_EQ(left_after(std::chrono::hours{24 * 7}), (Ids{pending, dead}));
    EXPECT_EQ(left_after(std::chrono::hours{24 * 30}), Ids{pending});
    auto const log = seen([&](Tx const& tx) { return tx.deliveries().attempts(dead); });
    EXPECT_TRUE(log.empty());
}

TEST_P(Deliveries, DropsAllThatARemovedAppLeft) {
    for (int i = 0; i < 5; ++i) put(MsgType::result, {"d" + std::to_string(i)});
    record({id_text(1)}, Delivered{});
    record({id_text(2)}, Dead{});
    auto const foreign = put(MsgType::result, {"d1"}, lab);
    std::int64_t dropped = 0;
    for (int i = 0; i < 9; ++i) {
        dropped += written([&](Tx& tx) { return tx.deliveries().drop_app(shop, 2); });
    }
    EXPECT_EQ(dropped, 5);
    EXPECT_EQ(list({}, 10), Ids{foreign});
}

TEST_P(Deliveries, ListsByAppDeviceAndStateInPages) {
    Ids ids;
    for (int i = 0; i < 4; ++i) ids.push_back(put(MsgType::result, {"d" + std::to_string(i)}));
    ids.push_back(put(MsgType::result, {"d1"}, lab));
    ids.push_back(put(MsgType::new_firmware, {"d1"}));
    record(ids[0], Delivered{});
    record(ids[2], Dead{});
    for (std::int64_t const limit : {1, 2, 3, 100}) {
        EXPECT_EQ(list({}, limit), Ids(ids.rbegin(), ids.rend()));
        EXPECT_EQ(list({.appid = {}, .did = Did{"d1"}, .state = {}}, limit),
                  (Ids{ids[4], ids[5], ids[1]}));
        EXPECT_EQ(list({.appid = shop, .did = Did{"d1"}, .state = {}}, limit),
                  (Ids{ids[5], ids[1]}));
        EXPECT_EQ(list({.appid = shop, .did = {}, .state = {}}, limit),
                  (Ids{ids[5], ids[1], ids[3], ids[2], ids[0]}));
        EXPECT_EQ(list({.appid = {}, .did = {}, .state = DeliveryState::pending}, limit),
                  (Ids{ids[5], ids[1], ids[3], ids[4]}));
        EXPECT_EQ(list({.appid = lab, .did = {}, .state = DeliveryState::pending}, limit),
                  Ids{ids[4]});
        EXPECT_EQ(list({.appid = {}, .did = {}, .state = DeliveryState::dead}, limit), Ids{ids[2]});
        EXPECT_EQ(list({.appid = shop, .did = {}, .state = DeliveryState::delivered}, limit),
                  Ids{ids[0]});
        EXPECT_EQ(list({.appid = {}, .did = Did{"d0"}, .state = DeliveryState::pending}, limit),
                  Ids{});
    }
}

ON_EVERY_BACKEND(Deliveries);

}  // namespace
}  // namespace updraft::contract
