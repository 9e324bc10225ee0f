// What every store promises about messages that wait in their lanes.
#include "outbox.h"

#include <map>

#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "ports/upgrades_table.h"

namespace updraft::contract {
namespace {

class Outbox : public OutboxContract {};

TEST_P(Outbox, FindsDueMessagesBehindManyBusyLanes) {
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

TEST_P(Outbox, LetsOnlyTheFirstOfALaneBeDue) {
    auto const first = put(MsgType::progress, {"a"});
    auto const second = put(MsgType::result, {"a"});
    auto const other = put(MsgType::result, {"b"});
    EXPECT_EQ(due(noon), (Ids{first, other}));
    EXPECT_TRUE(record(first, Delivered{}));
    EXPECT_EQ(due(noon), (Ids{second, other}));
}

TEST_P(Outbox, NamesTheOrderOfAMessageAndWhenItWasWritten) {
    upgrade::Upgrade upgrade;
    upgrade.order_id = {"order-1"};
    upgrade.did = {"a"};
    upgrade.model = {"lamp"};
    upgrade.created_at = noon;
    auto const id = written([&](Tx& tx) { return tx.upgrades().open(upgrade); });
    auto const known = put(MsgType::result, {"a"}, shop, noon + Millis{5}, id);
    put(MsgType::result, {"b"}, shop, noon + Millis{6}, {id.value + 1});
    put(MsgType::new_firmware, {"a"});
    auto const found = [&](Stream stream) {
        return seen([&](Tx const& tx) {
            return tx.outbox().due(
                {.appid = shop, .stream = stream, .now = noon + Millis{9}, .limit = 9, .skip = {}});
        });
    };
    auto const results = found(Stream::upgrade);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].webhook_id, known);
    EXPECT_EQ(results[0].order_id, OrderId{"order-1"});
    EXPECT_EQ(results[0].created_at, noon);
    EXPECT_EQ(results[1].order_id, std::nullopt);
    auto const notices = found(Stream::notice);
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].order_id, std::nullopt);
}

TEST_P(Outbox, NamesTheDeviceOfANoticeAsItIsNow) {
    written([](Tx& tx) -> Result<void> {
        fleet::Device device;
        device.did = {"a"};
        device.model = {"lamp"};
        device.version = {"1"};
        device.created_at = noon;
        TRY(tx.devices().insert(device));
        for (int n = 1; n <= 3; ++n) {
            TRY(tx.outbox().enqueue({.webhook_id = {id_text(n)},
                                     .appid = shop,
                                     .did = {n == 3 ? "gone" : "a"},
                                     .type = n == 2 ? MsgType::result : MsgType::new_firmware,
                                     .upgrade = {},
                                     .version = n == 2 ? std::nullopt : std::optional(Version{"2"}),
                                     .body = "{}",
                                     .created_at = noon,
                                     .due_at = noon}));
        }
        return {};
    });
    auto const found = [&](Stream stream) {
        return seen([&](Tx const& tx) {
            return tx.outbox().due(
                {.appid = shop, .stream = stream, .now = noon, .limit = 9, .skip = {}});
        });
    };
    auto const notices = found(Stream::notice);
    ASSERT_EQ(notices.size(), 2U);
    EXPECT_EQ(notices[0].version, Version{"2"});
    EXPECT_EQ(notices[0].model, ModelName{"lamp"});
    EXPECT_EQ(notices[0].runs, Version{"1"});
    EXPECT_EQ(notices[1].version, Version{"2"});
    EXPECT_FALSE(notices[1].model);
    EXPECT_FALSE(notices[1].runs);
    auto const results = found(Stream::upgrade);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_FALSE(results[0].version || results[0].model || results[0].runs);
}

struct WithdrawalCase {
    std::string name;
    bool recorded = true;  // That the app was told of the version.
    std::optional<AttemptOutcome> notice = Delivered{};
    std::string version = "2";  // Of the notice.
    bool revoked = false;
};
class WithdrawalMessage : public OutboxContract {
protected:
    void put_one(int n, MsgType type, std::string version) {
        written([&](Tx& tx) {
            return tx.outbox().enqueue({.webhook_id = {id_text(n)},
                                        .appid = shop,
                                        .did = {"a"},
                                        .type = type,
                                        .upgrade = {},
                                        .version = Version{std::move(version)},
                                        .body = "{}",
                                        .created_at = noon,
                                        .due_at = noon});
        });
    }
};
TEST_P(WithdrawalMessage, IsRevokedForAnAppThatWasNotTold) {
    for (auto const& tested :
         {WithdrawalCase{.name = "Delivered"},
          WithdrawalCase{.name = "Forgotten", .recorded = false, .revoked = true},
          WithdrawalCase{.name = "SweptAfterItsTime", .notice = Dropped{}},
          WithdrawalCase{.name = "Dead", .notice = Dead{}, .revoked = true},
          WithdrawalCase{.name = "DeadOfAnotherVersion", .notice = Dead{}, .version = "1"}}) {
        SCOPED_TRACE(tested.name);
        written([](Tx& tx) { return tx.announcements().forget({"a"}); });
        if (tested.recorded) {
            written([](Tx& tx) { return tx.announcements().tell(shop, {"a"}, {"2"}, noon); });
        }
        auto const notice = ++last_;
        put_one(notice, MsgType::new_firmware, tested.version);
        put_one(++last_, MsgType::withdrawn, "2");
        EXPECT_EQ(due(noon, Stream::notice), Ids{{id_text(notice)}}) << "out of order";
        record({id_text(notice)}, *tested.notice);
        auto const found = seen([](Tx const& tx) {
            return tx.outbox().due(
                {.appid = shop, .stream = Stream::notice, .now = noon, .limit = 9, .skip = {}});
        });
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].type, MsgType::withdrawn);
        EXPECT_EQ(found[0].version, Version{"2"});
        EXPECT_EQ(found[0].revoked, tested.revoked);
        EXPECT_EQ(find(found[0].webhook_id).type, MsgType::withdrawn);
        record(found[0].webhook_id, Dropped{});
        written([&](Tx& tx) { return tx.deliveries().drop_app(shop, 100); });
    }
}
ON_EVERY_BACKEND(WithdrawalMessage);

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

TEST_P(Outbox, CorrectsDueTimesThatAreTooFarInTheFuture) {
    auto const far = put(MsgType::result, {"a"}, shop, noon + std::chrono::hours{9'000});
    auto const near = put(MsgType::result, {"b"}, shop, noon + std::chrono::hours{1});
    written([&](Tx& tx) {
        return tx.outbox().pull_in(shop, Stream::upgrade, noon + std::chrono::hours{5}, noon, 10);
    });
    EXPECT_EQ(due(noon), Ids{far});
    EXPECT_EQ(due(noon + std::chrono::hours{1}), (Ids{far, near}));
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

TEST_P(Outbox, SaysWhichMessagesAreRevoked) {
    OpenId const user{"u"};
    auto const give = [&](Instant at) {
        written([&](Tx& tx) { return tx.grants().put_grant({shop, user, at}); });
    };
    auto const put_for = [&](std::string did, MsgType type) {
        WebhookId id{id_text(++last_)};
        written([&](Tx& tx) {
            return tx.outbox().enqueue(
                {.webhook_id = id,
                 .appid = shop,
                 .did = {std::move(did)},
                 .type = type,
                 .upgrade = type == MsgType::new_firmware ? UpgradeId{} : UpgradeId{11},
                 .open_id = user,
                 .body = "{}",
                 .created_at = noon,
                 .due_at = noon});
        });
        return id;
    };
    auto const revoked = [&](Stream stream) {
        auto const found = seen([&](Tx const& tx) {
            return tx.outbox().due(
                {.appid = shop, .stream = stream, .now = noon, .limit = 100, .skip = {}});
        });
        std::map<std::string, bool> by_did;
        for (auto const& message : found) by_did[message.did.value] = message.revoked;
        return by_did;
    };
    using Dids = std::map<std::string, bool>;
    written([&](Tx& tx) -> Result<void> {
        auto device = a_device("mine");
        device.open_id = user;
        TRY(tx.devices().insert(device));
        device = a_device("rebound");
        device.open_id = OpenId{"another"};
        return tx.devices().insert(device);
    });
    give(noon);
    auto const old = put_for("old", MsgType::result);
    put_for("mine", MsgType::new_firmware);
    put_for("rebound", MsgType::new_firmware);
    put_for("gone", MsgType::new_firmware);
    put(MsgType::result, {"of nobody"});
    EXPECT_EQ(revoked(Stream::upgrade), (Dids{{"old", false}, {"of nobody", false}}));
    EXPECT_EQ(revoked(Stream::notice), (Dids{{"mine", false}, {"rebound", true}, {"gone", true}}));
    written([&](Tx& tx) { return tx.grants().remove_grant(shop, user); });
    EXPECT_EQ(revoked(Stream::upgrade), (Dids{{"old", true}, {"of nobody", false}}));
    EXPECT_TRUE(revoked(Stream::notice).at("mine"));
    give(noon + Millis{1});
    put_for("new", MsgType::result);
    EXPECT_EQ(revoked(Stream::upgrade),
              (Dids{{"old", true}, {"of nobody", false}, {"new", false}}));
    auto const replayed = write(store(), [&](Tx& tx) { return tx.deliveries().replay(old, noon); });
    EXPECT_EQ(replayed.error().code, Errc::conflict);
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
