// Several instances that tell the same apps: one at a time, and never none for long.
#include "push/leases.h"
#include "push_stage.h"

namespace updraft::push {
namespace {

using std::chrono::seconds;

class Turns : public PushStage {
protected:
    Turns() { moody_.share(); }

    bool held(Leases& leases, std::string const& name = "work") {
        return leases.hold(name, clock_.now()).value();
    }

    Leases one_{moody_, "one"};
    Leases two_{moody_, "two"};
};

TEST_F(Turns, BelongToWhoeverComesFirst) {
    EXPECT_TRUE(held(one_));
    EXPECT_FALSE(held(two_));
    EXPECT_TRUE(held(one_));
    EXPECT_TRUE(held(two_, "other work"));
}

TEST_F(Turns, StayWithWhoeverIsAlive) {
    EXPECT_TRUE(held(one_));
    for (int second = 0; second < 60; ++second) {
        clock_.advance(seconds{1});
        EXPECT_TRUE(held(one_)) << second;
        EXPECT_FALSE(held(two_)) << second;
    }
}

TEST_F(Turns, PassOnFromWhoeverIsNot) {
    EXPECT_TRUE(held(one_));
    EXPECT_FALSE(held(two_));
    clock_.advance(Millis{7'999});
    EXPECT_FALSE(held(two_));
    clock_.advance(seconds{2});
    EXPECT_TRUE(held(two_));
    EXPECT_FALSE(held(one_));
}

// Whoever was away for long, and does not know it, must not believe in what it had.
TEST_F(Turns, AreBelievedInForAShorterTimeThanOthersWait) {
    LeaseRules const rules;
    EXPECT_LT(rules.believed_for, rules.abandoned_after);
    EXPECT_TRUE(held(one_));
    clock_.advance(rules.believed_for);
    moody_.refuse(true);
    EXPECT_FALSE(one_.hold("work", clock_.now()));
    moody_.refuse(false);
    EXPECT_TRUE(held(one_));
}

// Only how much time passes counts, not what the clocks say.
TEST_F(Turns, DoNotCompareClocks) {
    EXPECT_TRUE(one_.hold("work", clock_.now()).value());
    auto const elsewhere = clock_.now() + std::chrono::hours{5};
    EXPECT_FALSE(two_.hold("work", elsewhere).value());
    EXPECT_FALSE(two_.hold("work", elsewhere + seconds{5}).value());
    EXPECT_TRUE(one_.hold("work", clock_.now() + seconds{4}).value());
    EXPECT_FALSE(two_.hold("work", elsewhere + seconds{9}).value());
}

TEST_F(Turns, ArePassedOnAtOnceByWhoeverIsDone) {
    EXPECT_TRUE(held(one_));
    EXPECT_FALSE(held(two_));
    ASSERT_TRUE(one_.let_go("work"));
    clock_.advance(seconds{1});
    EXPECT_TRUE(held(two_));
}

TEST_F(Turns, OfAppsAreTakenByOneInstanceUntilItIsGone) {
    add_app("shop");
    Dispatch other(moody_, http_client_, clock_, id_source_, &Turns::open, rules_);
    restart();  // Now this one hears of commits.
    tell_result("a");
    turn();
    EXPECT_EQ(posted(), Words{"result a"});
    tell_result("b");
    for (int second = 0; second < 7; ++second) {
        clock_.advance(seconds{1});
        other.turn();
    }
    EXPECT_EQ(posted(), Words{"result a"});
    // The first one dies between the post and its record: what it sent is sent again, and then
    // what comes after it.
    clock_.advance(seconds{8});
    other.turn();
    EXPECT_EQ(sorted(posted(1)), (Words{"result a", "result b"}));
}

TEST_F(Turns, OfAppsPassOnWhenAnInstanceStops) {
    add_app("shop");
    auto other =
        std::make_unique<Dispatch>(moody_, http_client_, clock_, id_source_, &Turns::open, rules_);
    restart();
    dispatch_->start();
    tell_result("a");
    ASSERT_TRUE(http_client_.wait_for(1));
    http_client_.deliver();
    dispatch_->stop(seconds{60});
    tell_result("b");
    clock_.advance(seconds{1});
    other->turn();
    EXPECT_EQ(posted(), (Words{"result a", "result b"}));
}

TEST_F(Turns, CostAStoreThatIsNotSharedNothing) {
    MoodyStore alone(*store_);
    Leases leases(alone, "one");
    alone.refuse(true);
    EXPECT_TRUE(leases.hold("work", clock_.now()).value());
    EXPECT_TRUE(leases.let_go("work"));
}

}  // namespace
}  // namespace updraft::push
