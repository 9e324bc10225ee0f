#include "rollout/growth.h"

#include <gtest/gtest.h>

#include "rollout/presets.h"

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;

struct RoomCase {
    std::string name;
    Tally total;
    Supply supply;
    std::int64_t places;
    Bound binds;
};
class RoomOfARollout : public testing::TestWithParam<RoomCase> {};
TEST_P(RoomOfARollout, IsTheSmallestOfItsLimits) {
    auto const found = room(preset_plan("standard"), GetParam().total, GetParam().supply);
    EXPECT_EQ(found.places, GetParam().places);
    EXPECT_EQ(word_in(bound_words, found.binds), word_in(bound_words, GetParam().binds));
}
INSTANTIATE_TEST_SUITE_P(
    , RoomOfARollout,
    testing::Values(
        RoomCase{"NothingIsProvenAtFirst", {}, {}, 10, Bound::unproven},
        RoomCase{"WhatIsOnItsWayIsUnproven", {.taken = 7, .handed_out = 3}, {}, 3, Bound::unproven},
        RoomCase{"GoodOnesMakeRoomForAsMany",
                 {.taken = 50, .handed_out = 50, .good = 40},
                 {},
                 30,
                 Bound::unproven},
        RoomCase{"FreshBadOnesMakeNone",
                 {.taken = 10, .handed_out = 10, .failed = 10},
                 {},
                 0,
                 Bound::unproven},
        RoomCase{"SettledBadOnesMakeTheirOwn",
                 {.taken = 10, .handed_out = 10, .failed = 1, .aligned_bad = 1},
                 {},
                 1,
                 Bound::unproven},
        RoomCase{"GoodOnesMakeLessRoomWhileTheBuildIsInDoubt",  // The evidence is 2.03.
                 {.taken = 300, .handed_out = 300, .good = 288, .failed = 12, .aligned_bad = 12},
                 {},
                 141,
                 Bound::unproven},
        RoomCase{"AsMuchWithFewFailures",
                 {.taken = 305, .handed_out = 305, .good = 300, .failed = 5, .aligned_bad = 5},
                 {},
                 300,
                 Bound::unproven},
        RoomCase{"TheWave", {}, {.wave_places = 4}, 4, Bound::wave},
        RoomCase{"TheRate", {}, {.starts = 2}, 2, Bound::rate},
        RoomCase{"DownloadSlots", {}, {.free_downloads = 0}, 0, Bound::downloads},
        RoomCase{"WhatRunsAtOnce",
                 {.taken = 119'998, .handed_out = 119'998, .in_flight = 19'998, .good = 100'000},
                 {},
                 2,
                 Bound::in_flight},
        RoomCase{"NeverLessThanNothing", {.taken = 15}, {}, 0, Bound::unproven}),
    [](auto const& tested) { return tested.param.name; });

Rollout running() {
    Rollout rollout;
    rollout.plan = preset_plan("standard");
    rollout.state = State::running;
    rollout.wave = 0;
    rollout.waves.resize(rollout.plan.waves.size());
    rollout.waves[0].places = 10;
    rollout.waves[0].opened_at = Instant{0};
    return rollout;
}

TEST(PlacesOfAWave, AreLessThoseOfAllEpochsButNotOfUsers) {
    std::vector<WaveTally> const tallies{
        {0, 1, {.taken = 3}}, {1, 1, {.taken = 4}}, {0, 0, {.taken = 100}}};
    EXPECT_EQ(places_left_in_wave(running(), tallies, For::others, Instant{0}), 3);
}

TEST(PlacesOfAWave, WaitForCanariesWhileTheFirstWaveSoaks) {
    auto rollout = running();
    rollout.canary_count = 6;
    std::vector<WaveTally> const tallies{{0, 1, {.taken = 3, .canaries = 2}}};
    EXPECT_EQ(places_left_in_wave(rollout, tallies, For::others, Instant{0}), 3);
    EXPECT_EQ(places_left_in_wave(rollout, tallies, For::canary, Instant{0}), 7);
    EXPECT_EQ(places_left_in_wave(rollout, tallies, For::others, Instant{0} + 24h), 7);
}

TEST(PlacesOfAWave, AreNoneUntilItsAudienceIsCounted) {
    auto rollout = running();
    rollout.wave = 2;
    EXPECT_EQ(places_left_in_wave(rollout, {}, For::others, Instant{0}), 0);
    rollout.state = State::finished;
    EXPECT_EQ(places_left_in_wave(rollout, {}, For::others, Instant{0}), no_limit);
}

TEST(SumsOfARollout, AreOfOneEpochOrOfWaves) {
    std::vector<WaveTally> const tallies{
        {0, 1, {.taken = 1}}, {0, 2, {.taken = 10}}, {1, 2, {.taken = 100}}, {1, 0, {.taken = 7}}};
    EXPECT_EQ(total_of_epoch(tallies, 1).taken, 107);
    EXPECT_EQ(total_of_wave(tallies, 2).taken, 110);
    EXPECT_EQ(total_up_to_wave(tallies, 2).taken, 111);
}

TEST(BurstsOfARollout, AreASixthOfAMinute) {
    Plan plan;
    plan.per_minute_max = 60;
    EXPECT_EQ(burst_of(plan), 10);
    plan.per_minute_max = 3;
    EXPECT_EQ(burst_of(plan), 1);
}

}  // namespace
}  // namespace updraft::rollout
