#include "upgrade/start.h"

#include "ports/orders_table.h"
#include "ports/policies_table.h"
#include "scene.h"
#include "upgrade/why.h"

namespace updraft::upgrade {
namespace {

class StartingByItself : public Scene {
protected:
    void policy(std::string auto_upgrade, std::string open_hours = "", std::string did = "") {
        policy::Policy const wanted{.auto_upgrade = std::move(auto_upgrade),
                                    .upgrade_hours = std::move(open_hours),
                                    .time_zone = "+00:00",
                                    .changed_at = clock.now()};
        wrote([&](Tx& tx) { return tx.policies().put(OpenId{"user"}, Did{did}, wanted); });
    }
    bool would(std::string const& did) {
        polled(did);
        auto const here = look_at(did);
        return saw(
            [&](Tx const& tx) { return would_start_by_itself(tx, means, here, clock.now()); });
    }
    bool starts(std::string const& did) {
        polled(did);
        auto const started = write(
            *store, [&](Tx& tx) { return start_by_itself(tx, means, Did{did}, clock.now()); });
        return started.value();
    }
    std::optional<Reason> reason_of(std::string const& did) {
        return saw([&](Tx const& tx) { return why(tx, means, Did{did}, {}, clock.now()); })
            .holding.first();
    }
};

TEST_F(StartingByItself, NeedsTheUsersWish) {
    release("2.0");
    device("lamp");
    EXPECT_FALSE(would("lamp"));
    EXPECT_EQ(reason_of("lamp"), Reason::not_ordered);
    policy("0");
    EXPECT_FALSE(would("lamp"));
    EXPECT_EQ(reason_of("lamp"), Reason::policy_off);
    policy("1");
    EXPECT_EQ(reason_of("lamp"), Reason::not_polled);
    EXPECT_TRUE(would("lamp"));
    policy("0", "", "lamp");
    EXPECT_FALSE(would("lamp"));
}

TEST_F(StartingByItself, OpensAnUpgradeWithAnOrderOfItsOwn) {
    auto const id = release("2.0");
    for (auto const* did : {"lamp", "fan"}) device(did);
    policy("1");
    ASSERT_TRUE(starts("lamp"));
    ASSERT_TRUE(starts("fan"));
    auto const upgrade = active("lamp").value();
    EXPECT_EQ(upgrade.origin, Origin::automatic);
    EXPECT_EQ(upgrade.release_id, id);
    EXPECT_EQ(upgrade.open_id, OpenId{"user"});
    EXPECT_NE(upgrade.order_id, active("fan")->order_id);
    auto const order = saw([&](Tx const& tx) { return tx.orders().find(upgrade.order_id); });
    ASSERT_TRUE(order);
    EXPECT_EQ(order->origin, Origin::automatic);
    EXPECT_EQ(order->first, upgrade.id);
    EXPECT_EQ(poll("lamp").task, Task::deploy);
    // Not twice.
    EXPECT_FALSE(starts("lamp"));
}

TEST_F(StartingByItself, HappensOnceForEachRelease) {
    release("2.0");
    device("lamp");
    policy("1");
    ASSERT_TRUE(starts("lamp"));
    auto const id = active("lamp")->id;
    ASSERT_TRUE(fetch("lamp", id));
    ASSERT_TRUE(say("lamp", id, Said::failed));
    EXPECT_FALSE(starts("lamp"));
    EXPECT_EQ(reason_of("lamp"), Reason::not_ordered);
    // The user may order it again; a new release starts by itself.
    ASSERT_TRUE(order("lamp"));
    ASSERT_TRUE(cancel("lamp"));
    release("3.0");
    EXPECT_TRUE(starts("lamp"));
}

TEST_F(StartingByItself, KeepsToTheUsersHours) {
    release("2.0");
    device("lamp");
    policy("1", "23:00-01:00");
    EXPECT_FALSE(starts("lamp"));
    EXPECT_EQ(reason_of("lamp"), Reason::upgrade_hours);
    clock.advance(std::chrono::hours{11});
    EXPECT_TRUE(starts("lamp"));
    // Once it is handed out, it goes on outside of the hours; while it is queued, it waits.
    clock.advance(std::chrono::hours{3});
    EXPECT_EQ(poll("lamp").task, Task::nothing);
}

TEST_F(StartingByItself, IsLimitedInAMinute) {
    limits.starts_per_minute = 2;
    release("2.0");
    policy("1");
    for (auto const* did : {"a", "b", "c"}) device(did);
    EXPECT_TRUE(starts("a"));
    EXPECT_TRUE(starts("b"));
    EXPECT_FALSE(would("c"));
    EXPECT_FALSE(starts("c"));
    auto const answer =
        saw([&](Tx const& tx) { return why(tx, means, Did{"c"}, {}, clock.now()); });
    ASSERT_TRUE(answer.held);
    EXPECT_EQ(answer.held->reason, Reason::rate);
    ASSERT_TRUE(answer.held->next);
    clock.set(*answer.held->next);
    EXPECT_TRUE(starts("c"));
}

TEST_F(StartingByItself, NeverInterferesWithAnOrder) {
    release("2.0");
    device("lamp");
    policy("1");
    ASSERT_TRUE(order("lamp"));
    EXPECT_FALSE(starts("lamp"));
    EXPECT_EQ(active("lamp")->origin, Origin::user);
}

TEST_F(StartingByItself, WaitsForItsTurnAtTheGateway) {
    release("2.0");
    device("hub");
    for (auto const* did : {"sub-1", "sub-2"}) device(did, "1.0", "hub");
    policy("1");
    ASSERT_TRUE(starts("sub-1"));
    ASSERT_TRUE(fetch("sub-1", active("sub-1")->id));
    EXPECT_FALSE(starts("sub-2"));
    EXPECT_EQ(reason_of("sub-2"), Reason::gateway_turn);
}

}  // namespace
}  // namespace updraft::upgrade
