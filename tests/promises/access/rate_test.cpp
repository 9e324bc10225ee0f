#include "access/rate.h"

#include <gtest/gtest.h>

#include <limits>

#include "stage/manual_clock.h"

namespace updraft::access {
namespace {

using namespace std::chrono_literals;

class RateOfCalls : public testing::Test {
protected:
    int accepted(Rate& rate, int calls, AppId const& appid = {"app"}) {
        int count = 0;
        for (int i = 0; i < calls; ++i) count += rate.refused(appid, clock.now()) ? 0 : 1;
        return count;
    }
    stage::ManualClock clock;
};

TEST_F(RateOfCalls, AllowsABurstThenTheSteadyRate) {
    Rate rate(10, 5);
    EXPECT_EQ(accepted(rate, 20), 5);
    clock.advance(99ms);
    EXPECT_EQ(accepted(rate, 20), 0);
    clock.advance(1ms);
    EXPECT_EQ(accepted(rate, 20), 1);
    clock.advance(1s);
    EXPECT_EQ(accepted(rate, 20), 5);
    clock.advance(1000h);
    EXPECT_EQ(accepted(rate, 20), 5);
}

TEST_F(RateOfCalls, SaysHowLongToWait) {
    Rate rate(10, 1);
    EXPECT_FALSE(rate.refused({"app"}, clock.now()));
    EXPECT_EQ(rate.refused({"app"}, clock.now()), 100ms);
    clock.advance(60ms);
    EXPECT_EQ(rate.refused({"app"}, clock.now()), 40ms);
}

TEST_F(RateOfCalls, CountsEachAppForItself) {
    Rate rate(1, 1);
    EXPECT_EQ(accepted(rate, 5, {"one"}), 1);
    EXPECT_EQ(accepted(rate, 5, {"two"}), 1);
}

TEST_F(RateOfCalls, IsUnlimitedWhenZero) {
    Rate rate(0, 0);
    EXPECT_EQ(accepted(rate, 10'000), 10'000);
}

TEST_F(RateOfCalls, SurvivesAClockThatIsSetBack) {
    Rate rate(10, 5);
    EXPECT_EQ(accepted(rate, 5), 5);
    clock.advance(-24h);
    EXPECT_EQ(accepted(rate, 5), 0);
    clock.advance(100ms);
    EXPECT_EQ(accepted(rate, 5), 1);
}

TEST_F(RateOfCalls, HasNoOverflowAtTheEndOfTime) {
    Rate rate(1'000'000, 1'000'000'000);
    EXPECT_EQ(accepted(rate, 1), 1);
    EXPECT_FALSE(rate.refused({"app"}, {std::numeric_limits<std::int64_t>::max()}));
}

}  // namespace
}  // namespace updraft::access
