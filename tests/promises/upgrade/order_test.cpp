#include "scene.h"

namespace updraft::upgrade {
namespace {

class Ordering : public Scene {};

TEST_F(Ordering, StartsOneUpgradePerDeviceWithAnOffer) {
    release("1.0");
    release("2.0");
    device("old");
    device("older", "0.9");
    device("newest", "2.0");
    auto const ordered = order_everything();
    ASSERT_TRUE(ordered);
    EXPECT_EQ(active("old")->version, Version{"2.0"});
    EXPECT_EQ(active("older")->order_id, *ordered);
    EXPECT_FALSE(active("newest"));
}

TEST_F(Ordering, RepeatedAnswersTheSameOrderAndStartsNothing) {
    release("2.0");
    device("lamp");
    auto const first = order("lamp");
    auto const upgrade_id = active("lamp")->id;
    clock.advance(Millis{5'000});
    EXPECT_EQ(order("lamp"), first);
    EXPECT_EQ(order_everything(), first);
    EXPECT_EQ(active("lamp")->id, upgrade_id);
}

TEST_F(Ordering, OfAllTakesOnlyIdleDevices) {
    release("2.0");
    device("busy");
    device("idle");
    auto const first = order("busy");
    clock.advance(Millis{5});
    auto const second = order_everything();
    ASSERT_TRUE(second);
    EXPECT_NE(second, first);
    EXPECT_EQ(active("busy")->order_id, *first);
    EXPECT_EQ(active("idle")->order_id, *second);
}

TEST_F(Ordering, IsRefusedForGoodReasons) {
    device("lamp");
    EXPECT_EQ(order("lamp").error().code, Errc::nothing_to_upgrade);
    EXPECT_EQ(order_everything().error().code, Errc::nothing_to_upgrade);
    EXPECT_EQ(order("unowned").error().code, Errc::not_bound);
    release("2.0");
    fleet::Model model;
    model.name = ModelName{"lamp"};
    model.upgradable = false;
    wrote([&](Tx& tx) { return tx.models().put(model); });
    EXPECT_EQ(order("lamp").error().code, Errc::not_upgradable);
    EXPECT_EQ(order_everything().error().code, Errc::nothing_to_upgrade);
}

TEST_F(Ordering, ByAnOperatorTellsWhoWasRefusedAndWhy) {
    auto const old = release("1.5");
    release("2.0");
    device("a");
    device("b", "1.5");
    device("busy");
    ASSERT_TRUE(order("busy"));
    OperatorOrder wanted;
    wanted.dids = {Did{"a"}, Did{"b"}, Did{"busy"}, Did{"none"}, Did{"a"}};
    wanted.release = old;
    auto const outcome =
        write(*store, [&](Tx& tx) { return order_by_operator(tx, means, wanted, clock.now()); });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->started, 1);
    EXPECT_EQ(active("a")->version, Version{"1.5"});
    ASSERT_EQ(outcome->refused.size(), 3U);
    EXPECT_EQ(outcome->refused[0].code, Errc::nothing_to_upgrade);
    EXPECT_EQ(outcome->refused[1].code, Errc::busy);
    EXPECT_EQ(outcome->refused[2].code, Errc::not_bound);
}

TEST_F(Ordering, ByAnOperatorBecomesTheUsersWhoGetsTheDeviceMeanwhile) {
    release("2.0");
    device("lamp");
    auto lamp = look_at("lamp");
    lamp.open_id.reset();
    wrote([&](Tx& tx) { return tx.devices().replace(lamp); });
    OperatorOrder wanted;
    wanted.dids = {Did{"lamp"}};
    wrote([&](Tx& tx) { return order_by_operator(tx, means, wanted, clock.now()); });
    wrote([&](Tx& tx) { return adopt(tx, lamp); });
    EXPECT_FALSE(active("lamp")->open_id);
    lamp.open_id = OpenId{"user"};
    wrote([&](Tx& tx) -> Result<void> {
        TRY(tx.devices().replace(lamp));
        return adopt(tx, lamp);
    });
    auto const id = active("lamp")->id;
    ASSERT_TRUE(fetch("lamp", id));
    ASSERT_TRUE(say("lamp", id, Said::succeeded));
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
    HistoryAsk past;
    past.open_id = OpenId{"user"};
    EXPECT_EQ(saw([&](Tx const& tx) { return history(tx, past); }).size(), 1U);
}

TEST_F(Ordering, NeverTakesADeviceBack) {
    auto const old = release("1.5");
    release("2.0");
    device("newest", "2.0");
    OperatorOrder wanted;
    wanted.dids = {Did{"newest"}};
    wanted.release = old;
    auto const outcome =
        write(*store, [&](Tx& tx) { return order_by_operator(tx, means, wanted, clock.now()); });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->started, 0);
    EXPECT_FALSE(active("newest"));
}

TEST_F(Ordering, OfAReleaseThatIsNotOnOfferIsRefusedAltogether) {
    device("lamp");
    OperatorOrder wanted;
    wanted.dids = {Did{"lamp"}};
    wanted.release = ReleaseId{99};
    auto const outcome =
        write(*store, [&](Tx& tx) { return order_by_operator(tx, means, wanted, clock.now()); });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::invalid);
}

TEST_F(Ordering, IsSeenInWhatRunsAndLaterInTheHistory) {
    release("2.0");
    device("a");
    device("b");
    auto const ordered = order_everything().value();
    RunningAsk all;
    all.open_id = OpenId{"user"};
    all.order_id = ordered;
    auto const seen = [&](RunningAsk const& ask) {
        return saw([&](Tx const& tx) { return running(tx, ask); });
    };
    EXPECT_EQ(seen(all).size(), 2U);
    auto const id = active("a")->id;
    ASSERT_TRUE(fetch("a", id));
    clock.advance(Millis{2'000});
    ASSERT_TRUE(say("a", id, Said::succeeded));
    EXPECT_EQ(seen(all).size(), 2U);
    all.did = Did{"a"};
    EXPECT_EQ(seen(all).size(), 1U);
    all.order_id = std::nullopt;
    EXPECT_TRUE(seen(all).empty());
    all.order_id = OrderId{"unknown"};
    EXPECT_TRUE(seen(all).empty());

    HistoryAsk past;
    past.open_id = OpenId{"user"};
    auto const entries = saw([&](Tx const& tx) { return history(tx, past); });
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].upgrade.did, Did{"a"});
    EXPECT_EQ(entries[0].device_name, "lamp");
    EXPECT_EQ(entries[0].update_log, "better");
    past.order_id = ordered;
    EXPECT_EQ(saw([&](Tx const& tx) { return history(tx, past); }).size(), 1U);
    past.order_id = OrderId{"unknown"};
    EXPECT_TRUE(saw([&](Tx const& tx) { return history(tx, past); }).empty());
    past.did = Did{"unowned"};
    auto const foreign = read(*store, [&](Tx const& tx) { return history(tx, past); });
    EXPECT_EQ(foreign.error().code, Errc::not_bound);
}

}  // namespace
}  // namespace updraft::upgrade
