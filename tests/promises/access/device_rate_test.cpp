#include "access/device_rate.h"

#include <gtest/gtest.h>

#include <string>

#include "stage/manual_clock.h"
#include "stage/sequence_id_source.h"

namespace updraft::access {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t standard = 120;  // limits.requests_per_minute_per_device

class RateOfDevices : public testing::Test {
protected:
    int accepted(int calls, std::string const& did = "lamp", std::string const& token = "secret") {
        int count = 0;
        for (int i = 0; i < calls; ++i) count += rate.refused(did, token, clock.now()) ? 0 : 1;
        return count;
    }
    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    DeviceRate rate{standard, id_source};
};

TEST_F(RateOfDevices, AllowsABurstThenTheSteadyRate) {
    EXPECT_EQ(accepted(100), 60);
    EXPECT_EQ(rate.refused("lamp", "secret", clock.now()), 500ms);
    EXPECT_EQ(rate.refused_total(), 41U);
    clock.advance(499ms);
    EXPECT_EQ(accepted(1), 0);
    clock.advance(1ms);
    EXPECT_EQ(accepted(2), 1);
    clock.advance(1min);
    EXPECT_EQ(accepted(100), 60);
}

TEST_F(RateOfDevices, IsUnlimitedWhenZero) {
    DeviceRate unlimited(0, id_source);
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_FALSE(unlimited.refused("lamp", "secret", clock.now()));
    }
    EXPECT_EQ(unlimited.buckets(), 0U);
}

// A gateway's calls count for the device that it acts for.
TEST_F(RateOfDevices, CountsEachDevice) {
    EXPECT_EQ(accepted(100, "sub-1", "of the gateway"), 60);
    EXPECT_EQ(accepted(100, "sub-2", "of the gateway"), 60);
}

TEST_F(RateOfDevices, IsNotUsedUpByOneWhoDoesNotKnowTheToken) {
    for (int i = 0; i < 1'000; ++i) accepted(1, "lamp", "guess " + std::to_string(i));
    EXPECT_EQ(accepted(1'000, "lamp", "guess"), 60);
    EXPECT_EQ(accepted(60), 60);
}

TEST_F(RateOfDevices, TakesLimitedMemoryWhateverIsMadeUp) {
    EXPECT_EQ(accepted(100), 60);
    std::size_t most = 0;
    for (int i = 0; i < 200'000; ++i) {
        accepted(1, "ghost-" + std::to_string(i), "guess");
        if (i % 1'000 == 0) most = std::max(most, rate.buckets());
    }
    EXPECT_LE(most, DeviceRate::buckets_max);
    EXPECT_EQ(accepted(1), 0) << "who is over the limit stays there";
    EXPECT_EQ(accepted(10, "new", "honest"), 10) << "nobody is kept out";
    // A bucket that is full again is forgotten.
    clock.advance(1min);
    for (int i = 0; i < 20'000; ++i) {
        accepted(1, "later-" + std::to_string(i), "guess");
        clock.advance(5ms);
    }
    EXPECT_LE(rate.buckets(), 16'384U);
}

struct PaceCase {
    std::string name;
    std::chrono::seconds length;  // From the first percent to the last.
};
class ACarefulDevice : public testing::TestWithParam<PaceCase> {};

// The device polls every 5 s (it is told 30 s during an upgrade), fetches the deployment, and
// reports each percent of its download and of its installation.
TEST_P(ACarefulDevice, NeverMeetsTheStandardLimit) {
    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    DeviceRate rate(standard, id_source);
    auto const call = [&] { EXPECT_FALSE(rate.refused("lamp", "secret", clock.now())); };
    auto const began = clock.now();
    auto next_poll = began;
    call();
    for (int percent = 0; percent <= 200; ++percent) {
        while (next_poll <= clock.now()) {
            call();
            next_poll = next_poll + Millis{5'000};
        }
        call();
        clock.set(began + Millis{GetParam().length} * (percent + 1) / 200);
    }
}
INSTANTIATE_TEST_SUITE_P(, ACarefulDevice,
                         testing::Values(PaceCase{"InNinetySeconds", 90s},
                                         PaceCase{"InTwoMinutes", 2min}, PaceCase{"InAnHour", 1h}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::access
