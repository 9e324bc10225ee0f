// Which devices a bad build harms, and what it does to them.

#include "simulator/ending.h"

#include <gtest/gtest.h>

#include "simulator/later_fault.h"

namespace updraft::simulator {
namespace {

Member device(std::size_t number, std::string version = "1.0") {
    return {"dev-" + std::to_string(number), "", std::move(version), number};
}

// How many of 10,000 devices have that outcome with version 2.0.
int harmed(Behaviour const& behaviour, Outcome outcome) {
    auto count = 0;
    for (std::size_t i = 0; i < 10'000; ++i) {
        auto const* build = bad_build_for("2.0", device(i), behaviour);
        if (build != nullptr && build->ending.outcome == outcome) ++count;
    }
    return count;
}

TEST(BadBuild, HarmsItsShareOfTheDevices) {
    Behaviour behaviour;
    behaviour.bad_builds = {{.version = "2.0", .share = 0.2}};
    EXPECT_NEAR(harmed(behaviour, Outcome::failure), 2'000, 200);
}

TEST(BadBuild, HarmsTheSameDevicesAgainAndOthersInAnotherVersion) {
    Behaviour behaviour;
    behaviour.bad_builds = {{.version = "2.0", .share = 0.5}, {.version = "2.1", .share = 0.5}};
    auto differ = 0;
    for (std::size_t i = 0; i < 1'000; ++i) {
        auto const once = bad_build_for("2.0", device(i), behaviour) != nullptr;
        EXPECT_EQ(once, bad_build_for("2.0", device(i), behaviour) != nullptr);
        if (once != (bad_build_for("2.1", device(i), behaviour) != nullptr)) ++differ;
    }
    EXPECT_NEAR(differ, 500, 100);
}

TEST(BadBuild, AddsUpWithOthersOfItsVersion) {
    Behaviour behaviour;
    behaviour.bad_builds = {{.version = "2.0", .share = 0.3, .ending = {Outcome::silence}},
                            {.version = "2.0", .share = 0.7, .ending = {Outcome::fallback}}};
    EXPECT_NEAR(harmed(behaviour, Outcome::silence), 3'000, 200);
    EXPECT_NEAR(harmed(behaviour, Outcome::fallback), 7'000, 200);
}

struct ConcernCase {
    std::string name;
    BadBuild build;
    bool harms;
};
class BadBuildOf : public testing::TestWithParam<ConcernCase> {};
TEST_P(BadBuildOf, HarmsWhomItConcerns) {
    Behaviour behaviour;
    behaviour.attributes = {{"hwRevision", {"A", "B"}}, {"region", {"eu"}}};
    behaviour.bad_builds = {GetParam().build};
    // Its number is odd, so its hwRevision is B.
    auto const* build = bad_build_for("2.0", device(7, "1.1"), behaviour);
    EXPECT_EQ(build != nullptr, GetParam().harms);
}
INSTANTIATE_TEST_SUITE_P(
    , BadBuildOf,
    testing::Values(
        ConcernCase{"TheVersion", {.version = "2.0"}, true},
        ConcernCase{"AnotherVersion", {.version = "2.0.1"}, false},
        ConcernCase{"TheVersionThatRuns", {.version = "2.0", .from = "1.1"}, true},
        ConcernCase{"AnotherVersionThatRuns", {.version = "2.0", .from = "1.0"}, false},
        ConcernCase{"ItsAttribute", {.version = "2.0", .attributes = {{"hwRevision", "B"}}}, true},
        ConcernCase{
            "AnothersAttribute", {.version = "2.0", .attributes = {{"hwRevision", "A"}}}, false},
        ConcernCase{"BothAttributes",
                    {.version = "2.0", .attributes = {{"hwRevision", "B"}, {"region", "eu"}}},
                    true},
        ConcernCase{"OneOfTwoAttributes",
                    {.version = "2.0", .attributes = {{"hwRevision", "B"}, {"region", "us"}}},
                    false}),
    [](auto const& tested) { return tested.param.name; });

TEST(BadBuild, GoesBeforeTheRates) {
    Behaviour behaviour;
    behaviour.rejection_rate = 1;
    behaviour.bad_builds = {{.version = "2.0", .ending = {Outcome::silence, Millis{500}}}};
    Tally tally;
    Chance chance{1};
    std::function<void(std::string const&)> const tell;
    World world{behaviour, tally, chance, Instant{0}, tell};
    auto const ending = ending_of("2.0", device(1), world);
    EXPECT_EQ(ending.outcome, Outcome::silence);
    EXPECT_EQ(ending.after, Millis{500});
    EXPECT_EQ(ending_of("1.9", device(1), world).outcome, Outcome::rejection);
}

TEST(Attributes, TakeTurnsInTheFleet) {
    Behaviour behaviour;
    behaviour.attributes = {{"board", {"a", "b", "c"}}};
    NamedTexts const expected{{"serialNo", "dev-4"}, {"hwRevision", "1.0"}, {"board", "b"}};
    EXPECT_EQ(attributes_of(device(4), behaviour), expected);
}

TEST(LaterFault, ComesAtItsTime) {
    LaterFault fault;
    fault.plan({Outcome::silence, Millis{1'000}}, "1.0", Instant{5'000});
    EXPECT_FALSE(fault.vanishes_before(Instant{5'999}));
    EXPECT_TRUE(fault.vanishes_before(Instant{6'000}));
    fault.plan({Outcome::fallback, Millis{1'000}}, "1.0", Instant{5'000});
    EXPECT_FALSE(fault.vanishes_before(Instant{9'000}));
    EXPECT_FALSE(fault.falls_back(Instant{5'999}));
    EXPECT_EQ(fault.falls_back(Instant{6'000}), "1.0");
    EXPECT_FALSE(fault.falls_back(Instant{6'001}));
}

TEST(LaterFault, IsForgottenAfterTheNextSuccess) {
    LaterFault fault;
    fault.plan({Outcome::silence, Millis{1'000}}, "1.0", Instant{5'000});
    fault.plan({}, "2.0", Instant{5'500});
    EXPECT_FALSE(fault.vanishes_before(Instant{60'000}));
}

}  // namespace
}  // namespace updraft::simulator
