#include "rollout/gate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "rollout/presets.h"

namespace updraft::rollout {
namespace {

constexpr double certain = 100;  // 100 / falseAlarmPercent of 1.

// The largest number of judged devices at which `bad` bad ones halt; nothing: at no number.
std::optional<std::int64_t> halts_up_to(Gate const& gate, std::int64_t bad) {
    auto const wanted = std::log(certain);
    if (gate.log_evidence(bad, 0) < wanted) return std::nullopt;
    std::int64_t good = 0;
    while (gate.log_evidence(bad, good + 1) >= wanted) ++good;
    return bad + good;
}

struct TableRow {
    double limit_percent;
    std::vector<std::optional<std::int64_t>> halts;  // For 1, 2, 3, 4, 5, 6, 8, 10, … bad ones.
};
constexpr std::array<std::int64_t, 13> bad_ones{1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100};
constexpr std::optional<std::int64_t> never = std::nullopt;

class GateTable : public testing::TestWithParam<TableRow> {};
TEST_P(GateTable, IsTheOneThatIsPublished) {
    Gate const gate(GetParam().limit_percent);
    for (std::size_t i = 0; i < bad_ones.size(); ++i) {
        EXPECT_EQ(halts_up_to(gate, bad_ones[i]), GetParam().halts[i]) << bad_ones[i] << " bad";
    }
}
INSTANTIATE_TEST_SUITE_P(
    , GateTable,
    testing::Values(TableRow{0.5,
                             {never, 9, 34, 74, 125, 186, 331, 499, 993, 1542, 2783, 5604, 13422}},
                    TableRow{1, {never, 5, 17, 37, 63, 94, 167, 251, 498, 773, 1395, 2807, 6719}},
                    TableRow{2, {never, 3, 9, 20, 33, 49, 86, 129, 255, 394, 709, 1418, 3384}},
                    TableRow{5, {never, never, 4, 9, 15, 21, 37, 55, 106, 163, 292, 578, 1371}}));

TEST(Evidence, OfFailuresAloneIsAsPublished) {
    Gate const gate(2);
    EXPECT_NEAR(std::exp(gate.log_evidence(2, 0)), 366, 0.5);
    EXPECT_NEAR(std::exp(gate.log_evidence(3, 0)), 13'368, 0.5);
    EXPECT_DOUBLE_EQ(gate.log_evidence(0, 0), 0);
}

TEST(Evidence, StaysFiniteForAWholeFleet) {
    for (double const limit : {0.1, 2.0, 50.0}) {
        Gate const gate(limit);
        EXPECT_TRUE(std::isfinite(gate.log_evidence(100'000'000, 0)));
        EXPECT_TRUE(std::isfinite(gate.log_evidence(0, 100'000'000)));
        EXPECT_LT(gate.log_evidence(0, 100'000'000), 0);
    }
}

TEST(HaltsAtBad, IsTheSmallestNumberThatHalts) {
    Gate const gate(2);
    for (std::int64_t judged = 0; judged < 2'000; ++judged) {
        auto const at = gate.reached_at(judged, certain);
        if (!at) {
            EXPECT_LT(gate.log_evidence(judged, 0), std::log(certain)) << judged;
            continue;
        }
        EXPECT_GE(gate.log_evidence(*at, judged - *at), std::log(certain)) << judged;
        EXPECT_LT(gate.log_evidence(*at - 1, judged - *at + 1), std::log(certain)) << judged;
    }
}

struct JudgeCase {
    std::string name;
    Tally total;
    std::optional<HaltReason> reason;
    std::optional<std::int64_t> harmed_max = {};
};
class Judgement : public testing::TestWithParam<JudgeCase> {};
TEST_P(Judgement, IsMadeOnTotals) {
    auto plan = preset_plan("standard");
    plan.harmed_max = GetParam().harmed_max;
    EXPECT_EQ(judge(plan, GetParam().total), GetParam().reason);
}
constexpr std::optional<HaltReason> goes_on = std::nullopt;
INSTANTIATE_TEST_SUITE_P(
    , Judgement,
    testing::Values(
        JudgeCase{"NothingIsKnown", {}, goes_on},
        JudgeCase{"OneFailureNeverHalts",
                  {.taken = 1, .handed_out = 1, .failed = 1, .aligned_bad = 1},
                  goes_on},
        JudgeCase{"TwoOfThreeHalt",
                  {.taken = 10, .handed_out = 10, .good = 1, .failed = 2, .aligned_bad = 2},
                  HaltReason::failing},
        JudgeCase{"TwoOfFourDoNot",
                  {.taken = 10, .handed_out = 10, .good = 2, .silent = 2, .aligned_bad = 2},
                  goes_on},
        JudgeCase{"FreshBadNewsCountsAgainstAllThatWasHandedOut",
                  {.taken = 10, .handed_out = 10, .failed = 3},
                  goes_on},
        JudgeCase{"ThreeOfThreeHaltAtOnce",
                  {.taken = 3, .handed_out = 3, .failed = 3},
                  HaltReason::failing_fast},
        JudgeCase{"FourOfTenHaltAtOnce",
                  {.taken = 10, .handed_out = 10, .failed = 2, .silent = 2},
                  HaltReason::failing_fast},
        JudgeCase{"AHarmedMaximumHaltsWhateverTheStatistics",
                  {.taken = 1'000, .handed_out = 1'000, .good = 990, .failed = 2, .aligned_bad = 2},
                  HaltReason::harmed,
                  2},
        JudgeCase{"OneFewerThanTheMaximumDoesNot",
                  {.taken = 1'000, .handed_out = 1'000, .good = 990, .failed = 1, .aligned_bad = 1},
                  goes_on,
                  2},
        JudgeCase{
            "UnreachedOnesAreNoEvidence",
            {.taken = 100, .handed_out = 100, .good = 80, .unreached = 20, .aligned_unreached = 20},
            goes_on},
        JudgeCase{
            "UnreachedOnesAboveTheirLimitHalt",
            {.taken = 100, .handed_out = 100, .good = 79, .unreached = 21, .aligned_unreached = 21},
            HaltReason::unreachable},
        JudgeCase{"UnreachedOnesNeedTwentySettledOnes",
                  {.taken = 19, .handed_out = 19, .unreached = 19, .aligned_unreached = 19},
                  goes_on},
        JudgeCase{"FreshUnreachedOnesWaitForTheGoodOnes",
                  {.taken = 1'000, .handed_out = 1'000, .unreached = 30},
                  goes_on}),
    [](auto const& tested) { return tested.param.name; });

TEST(ViewOfTheGate, TellsHowManyWouldHalt) {
    auto plan = preset_plan("standard");
    Tally const total{.taken = 40, .handed_out = 40, .good = 30, .failed = 3, .aligned_bad = 3};
    auto const view = view_of_gate(plan, total);
    EXPECT_EQ(view.bad, 3);
    EXPECT_EQ(view.good, 30);
    EXPECT_EQ(view.halts_at_bad, 5);  // The table: 5 of at most 33.
    EXPECT_DOUBLE_EQ(view.halt_at, 100);
    plan.harmed_max = 4;
    EXPECT_EQ(view_of_gate(plan, total).halts_at_bad, 4);
}

TEST(ViewOfTheGate, SaysNothingWhereNoNumberWouldHalt) {
    EXPECT_EQ(view_of_gate(preset_plan("standard"), {}).halts_at_bad, std::nullopt);
    Tally const one{.taken = 1, .handed_out = 1, .failed = 1, .aligned_bad = 1};
    EXPECT_EQ(view_of_gate(preset_plan("standard"), one).halts_at_bad, std::nullopt);
}

// Builds that fail as often as accepted, looked at after every device.
struct AlarmCase {
    std::string name;
    double fails;
    int alarms_max;  // Of 1,000 rollouts.
};
class FalseAlarms : public testing::TestWithParam<AlarmCase> {};
TEST_P(FalseAlarms, AreAsRareAsPromised) {
    Gate const gate(2);
    auto const wanted = std::log(certain);
    int alarms = 0;
    for (std::uint32_t seed = 0; seed < 1'000; ++seed) {
        std::mt19937 random(seed);
        std::geometric_distribution<std::int64_t> good_before_bad(GetParam().fails);
        std::int64_t good = 0;
        // The evidence grows only with a bad one, so it is enough to look after each of them.
        for (std::int64_t bad = 1;; ++bad) {
            good += good_before_bad(random);
            if (bad + good > 20'000) break;
            if (gate.log_evidence(bad, good) < wanted) continue;
            ++alarms;
            break;
        }
    }
    EXPECT_LE(alarms, GetParam().alarms_max);
}
INSTANTIATE_TEST_SUITE_P(, FalseAlarms,
                         testing::Values(AlarmCase{"AtHalfTheLimit", 0.01, 5},
                                         AlarmCase{"ExactlyAtTheLimit", 0.02, 15}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::rollout
