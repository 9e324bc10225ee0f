#include "access/failure_rate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "access/guessing.h"
#include "stage/manual_clock.h"

namespace updraft::access {
namespace {

using namespace std::chrono_literals;

// `earlier` failures at once, then a pause, then one more: how long its answer waits.
struct DelayCase {
    std::string name;
    int earlier;
    Millis pause;
    Millis delay;
};
class OneMoreFailure : public testing::TestWithParam<DelayCase> {};

TEST_P(OneMoreFailure, WaitsLongerTheMoreThereWere) {
    FailureRate rate({.free_per_minute = 20, .delay_step = 100ms, .delay_max = 2s});
    stage::ManualClock clock;
    for (int i = 0; i < GetParam().earlier; ++i) {
        static_cast<void>(rate.failed("192.0.2.1", clock.now()));
    }
    clock.advance(GetParam().pause);
    EXPECT_EQ(rate.failed("192.0.2.1", clock.now()), GetParam().delay);
}
INSTANTIATE_TEST_SUITE_P(
    , OneMoreFailure,
    testing::Values(DelayCase{"TheFirst", 0, 0ms, 0ms}, DelayCase{"TheLastFreeOne", 19, 0ms, 0ms},
                    DelayCase{"TheFirstAbove", 20, 0ms, 100ms},
                    DelayCase{"GrowsStepByStep", 29, 0ms, 1000ms},
                    DelayCase{"TheMost", 39, 0ms, 2000ms},
                    DelayCase{"NeverMore", 1'000'000, 0ms, 2000ms},
                    DelayCase{"OneIsForgottenInThreeSeconds", 20, 3s, 0ms},
                    DelayCase{"NotALittleEarlier", 20, 2999ms, 100ms},
                    DelayCase{"AfterAMinuteAFloodStillCounts", 1'000'000, 1min, 100ms},
                    DelayCase{"AfterTwoMinutesNothingDoes", 1'000'000, 2min, 0ms},
                    DelayCase{"AClockSetBackForgetsNothing", 20, -1h, 100ms},
                    DelayCase{"AVeryLongPauseIsNoOverflow", 40, 24h * 365 * 1000, 0ms}),
    [](auto const& tested) { return tested.param.name; });

TEST(Failures, OfOneKeyDelayNoOther) {
    FailureRate rate({});
    Instant const now{1'000};
    for (int i = 0; i < 100; ++i) static_cast<void>(rate.failed("192.0.2.1", now));
    EXPECT_EQ(rate.failed("192.0.2.2", now), 0ms);
}

TEST(Failures, OfMoreKeysThanThereIsRoomForCountTogether) {
    FailureRate rate({.free_per_minute = 20, .keys_max = 16});
    Instant const now{1'000};
    Millis longest{0};
    for (int i = 0; i < 10'000; ++i) {
        longest = std::max(longest, rate.failed("key " + std::to_string(i), now));
    }
    EXPECT_EQ(longest, 2s);
    EXPECT_LE(rate.take_reports().size(), 16U + 16U);
}

TEST(Failures, ThatAreForgottenMakeRoom) {
    FailureRate rate({.free_per_minute = 20, .keys_max = 16});
    stage::ManualClock clock;
    for (int round = 0; round < 100; ++round) {
        clock.advance(10min);
        EXPECT_EQ(rate.failed("key " + std::to_string(round), clock.now()), 0ms);
    }
}

TEST(Failures, AreReportedOnce) {
    FailureRate rate({});
    Instant const now{1'000};
    for (int i = 0; i < 3; ++i) static_cast<void>(rate.failed("a", now));
    static_cast<void>(rate.failed("b", now));
    auto reports = rate.take_reports();
    std::ranges::sort(reports, {}, &FailureReport::key);
    std::vector<FailureReport> const expected{{"a", 3}, {"b", 1}};
    EXPECT_EQ(reports, expected);
    EXPECT_TRUE(rate.take_reports().empty());
}

struct KeyCase {
    std::string name;
    std::string address;
    std::string key;
};
class FailureKey : public testing::TestWithParam<KeyCase> {};

TEST_P(FailureKey, NamesOneClient) { EXPECT_EQ(failure_key(GetParam().address), GetParam().key); }
INSTANTIATE_TEST_SUITE_P(
    , FailureKey,
    testing::Values(KeyCase{"Ipv4", "192.0.2.1", "192.0.2.1"},
                    KeyCase{"MappedIpv4", "::ffff:192.0.2.1", "192.0.2.1"},
                    KeyCase{"Ipv6ByItsNetwork", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
                    KeyCase{"TheSameNetwork", "2001:DB8:1:2::1", "2001:db8:1:2::/64"},
                    KeyCase{"AnythingElse", "?", "?"}),
    [](auto const& tested) { return tested.param.name; });

TEST(Guesses, AreCountedByDoorAndReasonAndSlowedByAddress) {
    Guessing guessing;
    Instant const now{1'000};
    for (int i = 0; i < Guessing::refusals_per_minute; ++i) {
        auto const door = i % 2 == 0 ? Door::ddi : Door::admin;
        EXPECT_EQ(guessing.refused(door, Refused::token, "192.0.2.1", now), 0ms);
    }
    EXPECT_GT(guessing.refused(Door::open_api, Refused::app, "192.0.2.1", now), 0ms);
    EXPECT_EQ(guessing.refused(Door::open_api, Refused::app, "192.0.2.2", now), 0ms);
    EXPECT_EQ(guessing.refused(Door::open_api, Refused::expired, "192.0.2.1", now), 0ms);
    auto const counts = guessing.counts();
    auto const count = [&](Door door, Refused reason) {
        return counts[static_cast<std::size_t>(door)][static_cast<std::size_t>(reason)];
    };
    EXPECT_EQ(count(Door::ddi, Refused::token), 10U);
    EXPECT_EQ(count(Door::admin, Refused::token), 10U);
    EXPECT_EQ(count(Door::open_api, Refused::app), 2U);
    EXPECT_EQ(count(Door::open_api, Refused::expired), 1U);
    EXPECT_EQ(count(Door::access_token, Refused::app), 0U);
}

TEST(Guesses, OfDidsAreSlowedByApp) {
    Guessing guessing;
    Instant const now{1'000};
    for (int i = 0; i < Guessing::unknown_dids_per_minute; ++i) {
        EXPECT_EQ(guessing.unknown_did(AppId{"one"}, now), 0ms);
    }
    EXPECT_GT(guessing.unknown_did(AppId{"one"}, now), 0ms);
    EXPECT_EQ(guessing.unknown_did(AppId{"two"}, now), 0ms);
    EXPECT_EQ(guessing.unknown_dids(), 62U);
    auto reports = guessing.take_unknown_dids();
    std::ranges::sort(reports, {}, &FailureReport::key);
    std::vector<FailureReport> const expected{{"one", 61}, {"two", 1}};
    EXPECT_EQ(reports, expected);
}

}  // namespace
}  // namespace updraft::access
