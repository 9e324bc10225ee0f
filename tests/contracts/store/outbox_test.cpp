#include "backend.h"

#include "ports/deliveries_table.h"
#include "ports/outbox_table.h"
#include "ports/receivers_table.h"

namespace updraft::contract {
namespace {

using push::DeliveryState;
using push::MsgType;
using push::Stream;

AppId const shop{"aaaaaaaaaaaaaaaaaaaaaaaa"};
AppId const lab{"bbbbbbbbbbbbbbbbbbbbbbbb"};

std::string id_text(int n) {
    auto const digits = std::to_string(n);
    return "msg_" + std::string(26 - digits.size(), '0') + digits;
}

class Outbox : public StoreContract {
protected:
    // Writes a message down; its id is numbered.
    WebhookId put(MsgType type, Did did, AppId appid = shop, Instant due_at = noon,
                  UpgradeId upgrade = {11}) {
        WebhookId id{id_text(++last_)};
        written([&](Tx& tx) {
            return tx.outbox().enqueue(
                {.webhook_id = id,
                 .appid = appid,
                 .did = did,
                 .type = type,
                 .upgrade = type == MsgType::new_firmware ? UpgradeId{} : upgrade,
                 .body = "{\"n\":" + std::to_string(last_) + "}",
                 .created_at = noon,
                 .due_at = due_at});
        });
        return id;
    }
    std::vector<WebhookId> due(Instant now, Stream stream = Stream::upgrade, AppId appid = shop,
                               std::int64_t limit = 100, std::string skipped = "-") {
        auto const found = seen([&](Tx const& tx) {
            return tx.outbox().due({.appid = appid,
                                    .stream = stream,
                                    .now = now,
                                    .limit = limit,
                                    .skip = [&](std::string_view did) { return did == skipped; }});
        });
        std::vector<WebhookId> ids;
        for (auto const& message : found) ids.push_back(message.webhook_id);
        return ids;
    }
    bool record(WebhookId const& id, Fate fate, Instant at = noon, int status = 200) {
        return written([&](Tx& tx) {
            return tx.deliveries().record(
                id, {.at = at, .status = status, .duration_ms = 7, .answer = "ok"}, fate);
        });
    }
    push::Delivery find(WebhookId const& id) {
        return seen([&](Tx const& tx) { return tx.deliveries().find(id); });
    }
    std::vector<WebhookId> list(DeliveryFilter filter, std::int64_t limit) {
        std::vector<WebhookId> ids;
        PageAsk ask{.after = {}, .limit = limit};
        do {
            auto page = seen([&](Tx const& tx) { return tx.deliveries().list(filter, ask); });
            EXPECT_LE(std::ssize(page.items), limit);
            for (auto const& item : page.items) ids.push_back(item.webhook_id);
            ask.after = page.next;
        } while (ask.after && ids.size() < 1000);
        return ids;
    }
    using Ids = std::vector<WebhookId>;

    int last_ = 0;
};

TEST_P(Outbox, FindsWhatIsDueBehindManyLanesThatAreBusy) {
    constexpr int busy = 300;
    written([&](Tx& tx) -> Result<void> {
        for (int n = 0; n < busy + 3; ++n) {
            TRY(tx.outbox().enqueue({.webhook_id = {id_text(n)},
                                     .appid = shop,
                                     .did = {(n < busy ? "busy" : "idle") + std::to_string(n)},
                                     .type = MsgType::result,
                                     .upgrade = {11},
                                     .body = "{}",
                                     .created_at = noon,
                                     .due_at = noon}));
        }
        return {};
    });
    for (auto const limit : {1, 2, 3, 10}) {
        auto const found = seen([&](Tx const& tx) {
            return tx.outbox().due(
                {.appid = shop,
                 .stream = Stream::upgrade,
                 .now = noon,
                 .limit = limit,
                 .skip = [](std::string_view did) { return did.starts_with("busy"); }});
        });
        ASSERT_EQ(std::ssize(found), std::min(limit, 3));
        EXPECT_EQ(found.front().webhook_id.value, id_text(busy));
    }
}

TEST_P(Outbox, KeepsAMessageAsItWasWritten) {
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

TEST_P(Outbox, LetsOnlyTheFirstOfALaneBeDue) {
    auto const first = put(MsgType::progress, {"a"});
    auto const second = put(MsgType::result, {"a"});
    auto const other = put(MsgType::result, {"b"});
    EXPECT_EQ(due(noon), (Ids{first, other}));
    EXPECT_TRUE(record(first, Delivered{}));
    EXPECT_EQ(due(noon), (Ids{second, other}));
}

TEST_P(Outbox, KeepsStreamsAndAppsApart) {
    auto const notice = put(MsgType::new_firmware, {"a"});
    auto const result = put(MsgType::result, {"a"});
    auto const foreign = put(MsgType::result, {"a"}, lab);
    EXPECT_EQ(due(noon), Ids{result});
    EXPECT_EQ(due(noon, Stream::notice), Ids{notice});
    EXPECT_EQ(due(noon, Stream::upgrade, lab), Ids{foreign});
    auto const apps = seen([](Tx const& tx) { return tx.outbox().apps_waiting({}, 10); });
    EXPECT_EQ(apps, (std::vector<AppId>{shop, lab}));
    auto const rest = seen([](Tx const& tx) { return tx.outbox().apps_waiting(shop, 10); });
    EXPECT_EQ(rest, std::vector<AppId>{lab});
}

TEST_P(Outbox, IsDueByTimeTheLongestDueFirst) {
    auto const late = put(MsgType::result, {"a"}, shop, noon + Millis{20});
    auto const early = put(MsgType::result, {"b"}, shop, noon + Millis{10});
    EXPECT_EQ(due(noon + Millis{9}), Ids{});
    EXPECT_EQ(due(noon + Millis{10}), Ids{early});
    EXPECT_EQ(due(noon + Millis{20}), (Ids{early, late}));
    EXPECT_EQ(due(noon + Millis{20}, Stream::upgrade, shop, 1), Ids{early});
    EXPECT_EQ(due(noon + Millis{20}, Stream::upgrade, shop, 1, "b"), Ids{late});
    auto const next = [&](Instant now) {
        return seen([&](Tx const& tx) { return tx.outbox().next_due(shop, Stream::upgrade, now); });
    };
    EXPECT_EQ(next(noon), noon + Millis{10});
    EXPECT_EQ(next(noon + Millis{10}), noon + Millis{20});
    EXPECT_EQ(next(noon + Millis{20}), std::nullopt);
}

TEST_P(Outbox, KeepsTheLaneBehindAFailedMessage) {
    auto const first = put(MsgType::result, {"a"});
    put(MsgType::result, {"a"});
    EXPECT_TRUE(record(first, TryAgain{noon + Millis{5'000}}, noon, 500));
    EXPECT_EQ(due(noon + Millis{4'999}), Ids{});
    EXPECT_EQ(due(noon + Millis{5'000}), Ids{first});
    auto const kept = find(first);
    EXPECT_EQ(kept.attempts, 1);
    EXPECT_EQ(kept.next_attempt_at, noon + Millis{5'000});
    auto const log = seen([&](Tx const& tx) { return tx.deliveries().attempts(first); });
    ASSERT_EQ(log.size(), 1U);
    EXPECT_EQ(log[0], (push::Attempt{.at = noon, .status = 500, .duration_ms = 7, .answer = "ok"}));
}

TEST_P(Outbox, EndsAMessageOnceAndForAll) {
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

TEST_P(Outbox, LetsTheNextGoOnAfterADeadLetterAndADroppedOne) {
    auto const dead = put(MsgType::result, {"a"});
    auto const dropped = put(MsgType::progress, {"a"});
    auto const last = put(MsgType::result, {"a"});
    EXPECT_TRUE(record(dead, Dead{}));
    EXPECT_EQ(find(dead).state, DeliveryState::dead);
    EXPECT_EQ(due(noon), Ids{dropped});
    EXPECT_TRUE(record(dropped, Dropped{}));
    EXPECT_EQ(due(noon), Ids{last});
    auto const gone = read(store(), [&](Tx const& tx) { return tx.deliveries().find(dropped); });
    EXPECT_FALSE(gone);
}

TEST_P(Outbox, DropsTheUnsentProgressOfOneUpgrade) {
    auto const other = put(MsgType::progress, {"b"});
    put(MsgType::progress, {"a"}, shop, noon + Millis{1});
    auto const result = put(MsgType::result, {"a"});
    auto const drop = [&](UpgradeId upgrade) {
        return written([&](Tx& tx) { return tx.outbox().drop_progress(shop, {"a"}, upgrade); });
    };
    EXPECT_EQ(drop({12}), std::nullopt);
    EXPECT_EQ(drop({11}), noon + Millis{1});
    EXPECT_EQ(drop({11}), std::nullopt);
    EXPECT_EQ(due(noon + Millis{1}), (Ids{other, result}));
}

TEST_P(Outbox, RemembersWhenProgressWasTried) {
    auto const last = [&] {
        return seen([](Tx const& tx) { return tx.outbox().last_progress(shop, {"a"}); });
    };
    EXPECT_EQ(last(), std::nullopt);
    auto const id = put(MsgType::progress, {"a"});
    EXPECT_EQ(last(), std::nullopt);
    record(id, Delivered{}, noon + Millis{3});
    record(put(MsgType::result, {"a"}), Delivered{}, noon + Millis{9});
    EXPECT_EQ(last(), noon + Millis{3});
}

TEST_P(Outbox, ReplaysWithTheSameIdAndBytesAtTheEndOfItsLane) {
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

TEST_P(Outbox, FindsWhatCanBeReplayedBetweenTwoIds) {
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

TEST_P(Outbox, GivesUpWhatIsOldAndForgetsOldProgress) {
    auto const old = put(MsgType::result, {"a"});
    auto const progress = put(MsgType::progress, {"b"});
    auto const next = put(MsgType::result, {"b"}, shop, noon + Millis{5'000});
    auto const give_up = [&](Instant before) {
        return written([&](Tx& tx) {
            return tx.outbox().give_up(shop, Stream::upgrade, before, before, noon, 10);
        });
    };
    EXPECT_EQ(give_up(noon - Millis{1}), 0);
    EXPECT_EQ(give_up(noon), 2);
    EXPECT_EQ(find(old).state, DeliveryState::dead);
    EXPECT_FALSE(read(store(), [&](Tx const& tx) { return tx.deliveries().find(progress); }));
    EXPECT_EQ(due(noon + Millis{5'000}), Ids{next});
}

TEST_P(Outbox, PullsInWhatAJumpingClockPutFarAway) {
    auto const far = put(MsgType::result, {"a"}, shop, noon + std::chrono::hours{9'000});
    auto const near = put(MsgType::result, {"b"}, shop, noon + std::chrono::hours{1});
    written([&](Tx& tx) {
        return tx.outbox().pull_in(shop, Stream::upgrade, noon + std::chrono::hours{5}, noon, 10);
    });
    EXPECT_EQ(due(noon), Ids{far});
    EXPECT_EQ(due(noon + std::chrono::hours{1}), (Ids{far, near}));
}

TEST_P(Outbox, SweepsWhatWasKeptLongEnough) {
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

TEST_P(Outbox, DropsAllThatARemovedAppLeft) {
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

TEST_P(Outbox, ListsByAppDeviceAndStateInPages) {
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

TEST_P(Outbox, CountsWhatWaits) {
    put(MsgType::result, {"a"});
    put(MsgType::result, {"a"});
    put(MsgType::new_firmware, {"a"});
    put(MsgType::new_firmware, {"b"});
    record(put(MsgType::result, {"z"}, lab), Dead{});
    auto const depth = seen([](Tx const& tx) { return tx.outbox().depth(); });
    EXPECT_EQ(depth.upgrade_messages, 2);
    EXPECT_EQ(depth.notices, 2);
    EXPECT_EQ(depth.dead, 1);
    EXPECT_EQ(depth.oldest_result, noon);
    auto const notices = [&](std::int64_t max) {
        return seen([&](Tx const& tx) { return tx.outbox().waiting_notices(shop, max); });
    };
    EXPECT_EQ(notices(10), 2);
    EXPECT_EQ(notices(1), 1);
}

TEST_P(Outbox, KnowsReceivers) {
    auto const unknown = read(store(), [](Tx const& tx) { return tx.receivers().find(shop); });
    EXPECT_EQ(unknown.error().code, Errc::not_found);
    Receiver receiver{.appid = shop,
                      .url = "https://example.com/push",
                      .failures = 3,
                      .due_at = noon + Millis{10},
                      .pause = Millis{500}};
    auto const put_it = [&] { written([&](Tx& tx) { return tx.receivers().put(receiver); }); };
    auto const due_at = [&](Instant now) {
        return seen([&](Tx const& tx) { return tx.receivers().due(now, 10); }).size();
    };
    put_it();
    auto const kept = seen([](Tx const& tx) { return tx.receivers().find(shop); });
    EXPECT_EQ(kept.url, receiver.url);
    EXPECT_EQ(kept.failures, 3);
    EXPECT_EQ(kept.due_at, receiver.due_at);
    EXPECT_EQ(kept.pause, receiver.pause);
    EXPECT_EQ(due_at(noon + Millis{9}), 0U);
    EXPECT_EQ(due_at(noon + Millis{10}), 1U);
    EXPECT_EQ(seen([](Tx const& tx) { return tx.receivers().next_due(noon); }), noon + Millis{10});
    receiver.due_at = noon + std::chrono::hours{9'000};
    put_it();
    written([](Tx& tx) { return tx.receivers().pull_in(noon + std::chrono::hours{48}, noon); });
    EXPECT_EQ(due_at(noon), 1U);
    receiver.due_at.reset();
    put_it();
    EXPECT_EQ(due_at(noon + std::chrono::hours{9'999}), 0U);
    written([](Tx& tx) { return tx.receivers().remove(shop); });
    EXPECT_FALSE(read(store(), [](Tx const& tx) { return tx.receivers().find(shop); }));
}

TEST_P(Outbox, WakesTheSenderByEachNewMessage) {
    std::atomic<int> woken{0};
    store().on_commit(Touched::outbox, [&] { ++woken; });
    put(MsgType::result, {"a"});
    EXPECT_EQ(woken, 1);
    record({id_text(1)}, Delivered{});
    EXPECT_EQ(woken, 1);
    auto const refused = write(store(), [](Tx& tx) -> Result<void> {
        TRY(tx.deliveries().replay({id_text(1)}, noon));
        return fail(Errc::conflict, "changed our mind");
    });
    EXPECT_FALSE(refused);
    written([](Tx& tx) { return tx.deliveries().replay({id_text(1)}, noon); });
    EXPECT_EQ(woken, 2);
}

ON_EVERY_BACKEND(Outbox);

}  // namespace
}  // namespace updraft::contract
