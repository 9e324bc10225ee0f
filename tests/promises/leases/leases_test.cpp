// Which of several instances holds a lease, and when another one may take it.
#include "leases/leases.h"

#include <gtest/gtest.h>

#include "stage/faulty_store.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::leases {
namespace {

using std::chrono::seconds;

class WorkLeases : public testing::Test {
protected:
    WorkLeases() { faulty_.share(); }

    bool held(Leases& leases, std::string const& name = "work") {
        return leases.hold(name, clock_.now()).value();
    }

    stage::ManualClock clock_;
    stage::ScratchStore store_ = stage::open_store();
    stage::FaultyStore faulty_{*store_};
    Leases one_{faulty_, "one"};
    Leases two_{faulty_, "two"};
};

TEST_F(WorkLeases, BelongToTheFirstInstance) {
    EXPECT_TRUE(held(one_));
    EXPECT_FALSE(held(two_));
    EXPECT_TRUE(held(one_));
    EXPECT_TRUE(held(two_, "other work"));
}

TEST_F(WorkLeases, StayWithARunningInstance) {
    EXPECT_TRUE(held(one_));
    for (int second = 0; second < 60; ++second) {
        clock_.advance(seconds{1});
        EXPECT_TRUE(held(one_)) << second;
        EXPECT_FALSE(held(two_)) << second;
    }
}

TEST_F(WorkLeases, PassOnFromAnInstanceThatStopped) {
    EXPECT_TRUE(held(one_));
    EXPECT_FALSE(held(two_));
    clock_.advance(Millis{7'999});
    EXPECT_FALSE(held(two_));
    clock_.advance(seconds{2});
    EXPECT_TRUE(held(two_));
    EXPECT_FALSE(held(one_));
}

// An instance that was stopped for long, without noticing it, must not use its former leases.
TEST_F(WorkLeases, AreUsedForAShorterTimeThanOthersWait) {
    LeaseRules const rules;
    EXPECT_LT(rules.believed_for, rules.abandoned_after);
    EXPECT_TRUE(held(one_));
    clock_.advance(rules.believed_for);
    faulty_.refuse(true);
    EXPECT_FALSE(one_.hold("work", clock_.now()));
    faulty_.refuse(false);
    EXPECT_TRUE(held(one_));
}

// Only the time that passes counts; the clocks of two instances may differ.
TEST_F(WorkLeases, DoNotCompareClocks) {
    EXPECT_TRUE(one_.hold("work", clock_.now()).value());
    auto const elsewhere = clock_.now() + std::chrono::hours{5};
    EXPECT_FALSE(two_.hold("work", elsewhere).value());
    EXPECT_FALSE(two_.hold("work", elsewhere + seconds{5}).value());
    EXPECT_TRUE(one_.hold("work", clock_.now() + seconds{4}).value());
    EXPECT_FALSE(two_.hold("work", elsewhere + seconds{9}).value());
}

TEST_F(WorkLeases, ArePassedOnAtOnceWhenReleased) {
    EXPECT_TRUE(held(one_));
    EXPECT_FALSE(held(two_));
    ASSERT_TRUE(one_.let_go("work"));
    clock_.advance(seconds{1});
    EXPECT_TRUE(held(two_));
}

TEST_F(WorkLeases, CostAStoreThatIsNotSharedNothing) {
    stage::FaultyStore alone(*store_);
    Leases leases(alone, "one");
    alone.refuse(true);
    EXPECT_TRUE(leases.hold("work", clock_.now()).value());
    EXPECT_TRUE(leases.let_go("work"));
}

}  // namespace
}  // namespace updraft::leases
