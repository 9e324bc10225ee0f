#include "rollout/wave_course.h"

#include <gtest/gtest.h>

#include "rollout/presets.h"

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;

constexpr Instant began{1'000'000'000};

// A million devices; the first wave of the standard plan is open.
Rollout just_started(std::int64_t audience = 1'000'000) {
    Rollout rollout;
    rollout.plan = preset_plan("standard");
    rollout.state = State::running;
    rollout.audience_count = audience;
    open_first_wave(rollout, began);
    return rollout;
}

std::vector<std::optional<std::int64_t>> places_of(Rollout const& rollout) {
    std::vector<std::optional<std::int64_t>> places;
    for (auto const& course : rollout.waves) places.push_back(course.places);
    return places;
}

using Places = std::vector<std::optional<std::int64_t>>;

TEST(PlacesOfWaves, AreCumulativeAndPercentIsRoundedUp) {
    EXPECT_EQ(places_of(just_started()), (Places{10, 100, 10'000, 100'000, 500'000, 1'000'000}));
    EXPECT_EQ(places_of(just_started(10'001)), (Places{10, 100, 101, 1'001, 5'001, 10'001}));
    EXPECT_EQ(places_of(just_started(500)), (Places{10, 100, 100, 100, 250, 500}));
}

TEST(PlacesOfWaves, NeverShrinkAndAreAbsentUntilCounted) {
    auto rollout = just_started();
    rollout.audience_count = 900'000;
    set_places(rollout);
    EXPECT_EQ(places_of(rollout), (Places{10, 100, 10'000, 100'000, 500'000, 1'000'000}));
    rollout.audience_count.reset();
    open_first_wave(rollout, began);
    EXPECT_EQ(places_of(rollout), (Places{10, 100, {}, {}, {}, {}}));
}

TEST(SmallAudiences, GetWavesOfTheirOwnUnlessWavesWereGiven) {
    auto const small = with_waves_at_start(preset_plan("careful"), 199);
    ASSERT_EQ(small.waves.size(), 3U);
    EXPECT_EQ(small.waves[0].devices, 1);
    EXPECT_EQ(small.waves[0].soak, 24h);
    EXPECT_EQ(small.waves[1].devices, 10);
    EXPECT_EQ(small.waves[1].soak, 12h);
    EXPECT_EQ(small.waves[2].millionths, whole);
    EXPECT_TRUE(small.waves_given);
    EXPECT_EQ(with_waves_at_start(preset_plan("careful"), 200).waves.size(), 6U);
    auto given = preset_plan("urgent");
    given.waves_given = true;
    EXPECT_EQ(with_waves_at_start(given, 5).waves, given.waves);
}

struct PassCase {
    std::string name;
    Tally wave;
    std::optional<Millis> full;    // Since the start.
    std::optional<Millis> middle;  // When the device in the middle was handed the release.
    Millis now;
    Passing passing;
    Millis served_since = -24h;
};
class TheFirstWave : public testing::TestWithParam<PassCase> {};
TEST_P(TheFirstWave, PassesWhenItIsSettledAndHasSoaked) {
    auto const& tested = GetParam();
    auto rollout = just_started();
    if (tested.full) rollout.waves[0].full_at = began + *tested.full;
    std::vector<WaveTally> const tallies{{0, 1, tested.wave}};
    WaveFacts facts{.tallies = tallies,
                    .tempo = {60min, 90min, began + tested.served_since},
                    .middle_handed_out_at = {},
                    .idle_since = {}};
    if (tested.middle) facts.middle_handed_out_at = began + *tested.middle;
    EXPECT_EQ(passing(rollout, facts, began + tested.now), tested.passing);
    EXPECT_FALSE(next_step(rollout, facts, began + tested.now).because.empty());
}
Tally settled(std::int64_t handed_out, std::int64_t good) {
    return {.taken = handed_out, .handed_out = handed_out, .good = good};
}
INSTANTIATE_TEST_SUITE_P(
    , TheFirstWave,
    testing::Values(
        PassCase{"FullAndSoaked", settled(10, 10), 1h, 0h, 25h, Passing::passes},
        PassCase{"OneMayBeLacking", settled(10, 9), 1h, 0h, 25h, Passing::passes},
        PassCase{"TwoMayNot", settled(10, 8), 1h, 0h, 25h, Passing::not_yet},
        PassCase{"StillSoaking", settled(10, 10), 1h, 0h, 25h - 1ms, Passing::not_yet},
        PassCase{"NeverFullButHalfHaveSoaked", settled(3, 3), {}, 2h, 26h, Passing::passes},
        PassCase{"NeverFullAndHalfHaveNot", settled(3, 3), {}, 2h, 26h - 1ms, Passing::not_yet},
        PassCase{"NobodyCame", {}, {}, {}, 240h, Passing::not_yet},
        PassCase{"OneMustBeSettled", settled(1, 0), {}, 0h, 240h, Passing::not_yet},
        PassCase{"FreshBadOnesAreNotSettled",
                 {.taken = 10, .handed_out = 10, .good = 8, .failed = 2},
                 1h,
                 0h,
                 25h,
                 Passing::not_yet},
        PassCase{"SettledBadOnesAre",
                 {.taken = 10, .handed_out = 10, .good = 8, .failed = 2, .aligned_bad = 2},
                 1h,
                 0h,
                 25h,
                 Passing::passes},
        PassCase{"NotAfterAGapUntilTheSilenceLimitWasServed", settled(10, 10), 1h, 0h, 30h,
                 Passing::not_yet, 30h - 59min},
        PassCase{"AfterThatItDoes", settled(10, 10), 1h, 0h, 30h, Passing::passes, 29h}),
    [](auto const& tested) { return tested.param.name; });

WaveFacts facts_of(std::vector<WaveTally> const& tallies) {
    return {.tallies = tallies,
            .tempo = {60min, 90min, began - 24h},
            .middle_handed_out_at = began,
            .idle_since = {}};
}

TEST(AWaveWithApproval, IsOpenedByAnOperator) {
    auto rollout = just_started();
    rollout.plan.waves[1].approval = true;
    rollout.waves[0].full_at = began;
    std::vector<WaveTally> const tallies{{0, 1, settled(10, 10)}};
    auto const facts = facts_of(tallies);
    EXPECT_EQ(passing(rollout, facts, began + 24h), Passing::asks_approval);
    EXPECT_EQ(next_step(rollout, facts, began + 24h).what, Step::approve);
}

TEST(AWave, WithoutPlacesOfItsOwnPassesAtOnce) {
    auto rollout = just_started(500);
    rollout.wave = 2;
    EXPECT_EQ(passing(rollout, facts_of({}), began), Passing::passes);
}

TEST(AWave, IsNotWithoutPlacesUntilItsAudienceWasCounted) {
    auto rollout = just_started(500);
    rollout.wave = 2;
    rollout.waves[2].opened_at = began + 1h;
    rollout.counted_at = began;
    EXPECT_EQ(passing(rollout, facts_of({}), began + 1h), Passing::not_yet);
    rollout.counted_at = began + 1h;
    EXPECT_EQ(passing(rollout, facts_of({}), began + 1h), Passing::passes);
}

TEST(TheLastWave, FinishesWhenAllPlacesAreTakenOrNobodyComesAnyMore) {
    auto rollout = just_started(500);
    rollout.wave = 5;
    std::vector<WaveTally> tallies{{0, 5, settled(250, 250)}, {0, 6, settled(249, 249)}};
    auto facts = facts_of(tallies);
    EXPECT_EQ(passing(rollout, facts, began + 10h), Passing::not_yet);
    facts.idle_since = began + 10h;
    EXPECT_EQ(passing(rollout, facts, began + 11h), Passing::not_yet);
    EXPECT_EQ(passing(rollout, facts, began + 11h + 30min), Passing::finishes);
    facts.idle_since.reset();
    tallies[1].tally = settled(250, 250);
    EXPECT_EQ(passing(rollout, facts_of(tallies), began + 10h), Passing::finishes);
}

TEST(TheLastWave, ThatNobodyTookFinishesWhenNobodyComes) {
    auto rollout = just_started(500);
    rollout.wave = 5;
    std::vector<WaveTally> const tallies{{0, 5, settled(250, 250)}};
    auto facts = facts_of(tallies);
    facts.idle_since = began;
    EXPECT_EQ(passing(rollout, facts, began + 2h), Passing::finishes);
}

TEST(PassingAWave, OpensTheNextAndFinishesAfterTheLast) {
    auto rollout = just_started();
    std::vector<WaveTally> const tallies{{0, 1, settled(10, 0)}};
    note_full(rollout, tallies, began + 1h);
    EXPECT_EQ(state_of_wave(rollout, 0), WaveState::soaking);
    EXPECT_EQ(soak_until(rollout, 0), began + 25h);
    note_full(rollout, tallies, began + 2h);
    EXPECT_EQ(soak_until(rollout, 0), began + 25h);
    pass_wave(rollout, began + 26h);
    EXPECT_EQ(state_of_wave(rollout, 0), WaveState::passed);
    EXPECT_EQ(state_of_wave(rollout, 1), WaveState::open);
    EXPECT_EQ(state_of_wave(rollout, 2), WaveState::waiting);
    EXPECT_EQ(rollout.waves[1].opened_at, began + 26h);
    rollout.wave = 5;
    pass_wave(rollout, began + 27h);
    EXPECT_EQ(rollout.state, State::finished);
    EXPECT_EQ(rollout.ended_at, began + 27h);
}

TEST(AFullWave, IsNotFullAnyMoreWhenANeutralOneFreesItsPlace) {
    auto rollout = just_started();
    note_full(rollout, std::vector<WaveTally>{{0, 1, settled(10, 0)}}, began);
    note_full(rollout, std::vector<WaveTally>{{0, 1, settled(9, 0)}}, began + 1h);
    EXPECT_EQ(state_of_wave(rollout, 0), WaveState::open);
}

TEST(AFullWave, HasEverybodyOfASmallerAudience) {
    auto rollout = just_started(4);
    note_full(rollout, std::vector<WaveTally>{{0, 1, settled(4, 0)}}, began);
    EXPECT_EQ(state_of_wave(rollout, 0), WaveState::soaking);
}

TEST(TheNextStep, IsSaidInEveryState) {
    auto rollout = just_started();
    rollout.start_at = began + 5h;
    for (auto const state :
         {State::draft, State::waiting_approval, State::scheduled, State::running, State::paused,
          State::halted, State::stopping, State::stopped, State::finished}) {
        rollout.state = state;
        auto const next = next_step(rollout, facts_of({}), began);
        EXPECT_FALSE(next.because.empty());
        EXPECT_EQ(next.when.has_value(), state == State::scheduled);
    }
}

}  // namespace
}  // namespace updraft::rollout
