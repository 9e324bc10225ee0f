#include "rollout/coverage.h"

#include <gtest/gtest.h>

#include "rollout/bucket.h"
#include "rollout/presets.h"

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;

constexpr ReleaseId release{17};

fleet::Device device_named(std::string did) {
    fleet::Device device;
    device.did = Did{std::move(did)};
    device.version = Version{"1.0.0"};
    device.open_id = OpenId{"user"};
    device.tags = {"lab"};
    device.created_at = Instant{1'000};
    return device;
}

// Devices whose bucket is below or not below one percent.
fleet::Device early() {
    for (int n = 0;; ++n) {
        auto device = device_named("early-" + std::to_string(n));
        if (bucket_of(release, device.did) < millionths_of_a_percent) return device;
    }
}
fleet::Device late() {
    for (int n = 0;; ++n) {
        auto device = device_named("late-" + std::to_string(n));
        if (bucket_of(release, device.did) >= 60 * millionths_of_a_percent) return device;
    }
}

Rollout in_wave(Mode mode, std::size_t wave) {
    Rollout rollout;
    rollout.release = release;
    rollout.mode = mode;
    rollout.plan = preset_plan("standard");
    rollout.state = State::running;
    rollout.wave = wave;
    rollout.waves.resize(rollout.plan.waves.size());
    rollout.started_at = Instant{2'000};
    return rollout;
}

Reasons reasons(Rollout const& rollout, fleet::Device const& device,
                Beginning beginning = Beginning::by_itself, Holding holding = Holding::no_place) {
    return coverage(rollout, {.device = device}, beginning, holding).reasons;
}

Reasons only(Reason reason) {
    Reasons one;
    one.add(reason);
    return one;
}
Reasons const nothing;

TEST(ACountWave, OfModeInstallCoversWhoShowsUpFirst) {
    EXPECT_EQ(reasons(in_wave(Mode::install, 0), late()), nothing);
    EXPECT_EQ(reasons(in_wave(Mode::install, 1), early()), nothing);
}

TEST(ACountWave, OfModeOfferCoversTheLowestBuckets) {
    auto rollout = in_wave(Mode::offer, 0);
    auto const device = late();
    EXPECT_EQ(reasons(rollout, device, Beginning::by_user), only(Reason::wave_not_yet));
    rollout.waves[0].bucket_max = bucket_of(release, device.did);
    EXPECT_EQ(reasons(rollout, device, Beginning::by_user), nothing);
    rollout.waves[0].bucket_max = bucket_of(release, device.did) - 1;
    EXPECT_EQ(reasons(rollout, device, Beginning::by_user), only(Reason::wave_not_yet));
}

TEST(APercentWave, CoversTheBucketsBelowItsShare) {
    for (auto const mode : {Mode::install, Mode::offer}) {
        auto const rollout = in_wave(mode, 2);
        EXPECT_EQ(reasons(rollout, early()), nothing);
        EXPECT_EQ(reasons(rollout, late()), only(Reason::wave_not_yet));
        EXPECT_EQ(reasons(in_wave(mode, 5), late()), nothing);
    }
}

TEST(APercentWave, KeepsWhatTheCountWaveBeforeItHasOffered) {
    auto rollout = in_wave(Mode::offer, 2);
    rollout.waves[1].bucket_max = bucket_of(release, late().did);
    EXPECT_EQ(reasons(rollout, late(), Beginning::by_user), nothing);
}

TEST(ACanary, IsCoveredWhateverItsBucket) {
    auto rollout = in_wave(Mode::offer, 0);
    auto const device = late();
    rollout.audience.canaries.dids = {device.did};
    EXPECT_EQ(reasons(rollout, device), nothing);
    rollout.audience.canaries = {.dids = {}, .tags = {"lab"}};
    EXPECT_EQ(reasons(rollout, device), nothing);
    rollout.audience.canaries.tags = {"other"};
    EXPECT_EQ(reasons(rollout, device), only(Reason::wave_not_yet));
}

TEST(AHolderOfAPlace, IsNotAskedForItsWave) {
    EXPECT_EQ(reasons(in_wave(Mode::install, 2), late(), Beginning::by_user, Holding::a_place),
              nothing);
    auto paused = in_wave(Mode::install, 2);
    paused.state = State::paused;
    EXPECT_EQ(reasons(paused, late(), Beginning::by_itself, Holding::a_place),
              only(Reason::paused));
}

struct PullCase {
    std::string name;
    UserMayPull may;
    std::size_t wave;
    bool early_may;
    bool late_may;
};
class UsersOrder : public testing::TestWithParam<PullCase> {};
TEST_P(UsersOrder, IsServedAsThePlanSays) {
    auto rollout = in_wave(Mode::install, GetParam().wave);
    rollout.plan.user_may_pull = GetParam().may;
    EXPECT_EQ(reasons(rollout, early(), Beginning::by_user).empty(), GetParam().early_may);
    EXPECT_EQ(reasons(rollout, late(), Beginning::by_user).empty(), GetParam().late_may);
    rollout.state = State::finished;
    EXPECT_EQ(reasons(rollout, late(), Beginning::by_user), nothing);
}
INSTANTIATE_TEST_SUITE_P(
    , UsersOrder,
    testing::Values(PullCase{"AlwaysInAnyWave", UserMayPull::always, 0, true, true},
                    PullCase{"NotInACountWaveWithoutAPlace", UserMayPull::open_waves, 1, false,
                             false},
                    PullCase{"InAnOpenPercentWave", UserMayPull::open_waves, 2, true, false},
                    PullCase{"Never", UserMayPull::never, 2, false, false}),
    [](auto const& tested) { return tested.param.name; });

struct StateCase {
    std::string name;
    State state;
    std::optional<Reason> reason;
};
class StateOfARollout : public testing::TestWithParam<StateCase> {};
TEST_P(StateOfARollout, HoldsBack) {
    auto rollout = in_wave(Mode::install, 5);
    rollout.plan.user_may_pull = UserMayPull::always;
    rollout.state = GetParam().state;
    rollout.start_at = Instant{5'000};
    for (auto const beginning : {Beginning::by_itself, Beginning::by_user}) {
        auto const found = coverage(rollout, {.device = late()}, beginning, Holding::no_place);
        EXPECT_EQ(found.reasons, GetParam().reason ? only(*GetParam().reason) : nothing);
        bool const before = GetParam().reason == Reason::wave_not_yet;
        EXPECT_EQ(found.starts_at.has_value(), before);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , StateOfARollout,
    testing::Values(StateCase{"WaitingForApproval", State::waiting_approval, Reason::wave_not_yet},
                    StateCase{"Scheduled", State::scheduled, Reason::wave_not_yet},
                    StateCase{"Running", State::running, std::nullopt},
                    StateCase{"Paused", State::paused, Reason::paused},
                    StateCase{"Halted", State::halted, Reason::halted},
                    StateCase{"Stopping", State::stopping, Reason::availability_nobody},
                    StateCase{"Finished", State::finished, std::nullopt}),
    [](auto const& tested) { return tested.param.name; });

struct AudienceCase {
    std::string name;
    Audience audience;
    Reasons kept_out;
};
class AudienceOfARollout : public testing::TestWithParam<AudienceCase> {};
TEST_P(AudienceOfARollout, IsMatchedByAllThatIsGiven) {
    auto const device = device_named("sensor");
    std::vector<Version> const also_runs{Version{"1.0.0"}, Version{"build 7"}};
    fleet::Attributes const attributes{{"board", "B"}};
    Subject const subject{device, also_runs, &attributes};
    EXPECT_EQ(kept_out(GetParam().audience, Instant{2'000}, subject), GetParam().kept_out);
}
Audience audience_of(void (*change)(Audience&)) {
    Audience audience;
    change(audience);
    return audience;
}
Reasons const not_meant = only(Reason::not_in_audience);
INSTANTIATE_TEST_SUITE_P(
    , AudienceOfARollout,
    testing::Values(
        AudienceCase{"Everybody", {}, nothing},
        AudienceCase{"Included", audience_of([](auto& a) { a.include = {Did{"sensor"}}; }),
                     nothing},
        AudienceCase{"NotIncluded", audience_of([](auto& a) { a.include = {Did{"other"}}; }),
                     not_meant},
        AudienceCase{"Excluded", audience_of([](auto& a) { a.exclude = {Did{"sensor"}}; }),
                     only(Reason::excluded)},
        AudienceCase{"AVersionInAnotherSpelling",
                     audience_of([](auto& a) { a.from_versions = {Version{"v1.0.0"}}; }), nothing},
        AudienceCase{"AVersionByAnotherName",
                     audience_of([](auto& a) { a.from_versions = {Version{"build 7"}}; }), nothing},
        AudienceCase{"AnotherVersion",
                     audience_of([](auto& a) { a.from_versions = {Version{"1.0.1"}}; }), not_meant},
        AudienceCase{"AnyOfTheTags", audience_of([](auto& a) {
                         a.tags = {"lab", "roof"};
                     }),
                     nothing},
        AudienceCase{"NoneOfTheTags", audience_of([](auto& a) { a.tags = {"roof"}; }), not_meant},
        AudienceCase{"TheAttribute", audience_of([](auto& a) {
                         a.attributes = {{"board", "B"}};
                     }),
                     nothing},
        AudienceCase{"AllAttributes", audience_of([](auto& a) {
                         a.attributes = {{"board", "B"}, {"hw", "2"}};
                     }),
                     not_meant},
        AudienceCase{"TheUser", audience_of([](auto& a) { a.open_ids = {OpenId{"user"}}; }),
                     nothing},
        AudienceCase{"AnotherUser", audience_of([](auto& a) { a.open_ids = {OpenId{"she"}}; }),
                     not_meant},
        AudienceCase{"EnrolledBefore", audience_of([](auto& a) { a.dynamic = false; }), nothing},
        AudienceCase{"AllThatIsGivenMustHold", audience_of([](auto& a) {
                         a.tags = {"lab"};
                         a.open_ids = {OpenId{"she"}};
                     }),
                     not_meant}),
    [](auto const& tested) { return tested.param.name; });

TEST(AFrozenAudience, LeavesOutWhoCameLater) {
    Audience audience;
    audience.dynamic = false;
    auto device = device_named("late");
    device.created_at = Instant{2'000};
    EXPECT_EQ(kept_out(audience, Instant{2'000}, {.device = device}), not_meant);
    EXPECT_EQ(kept_out(audience, std::nullopt, {.device = device}), nothing);
}

TEST(AttributesOfDevices, AreOnlyNeededWhereTheyAreNamed) {
    Rollout rollout;
    EXPECT_FALSE(needs_attributes_to_start(rollout));
    rollout.plan.window = Window{.from = 0h, .to = 6h, .zone = "+08:00"};
    EXPECT_FALSE(needs_attributes_to_start(rollout));
    rollout.plan.window->zone = "device";
    EXPECT_TRUE(needs_attributes_to_start(rollout));
    EXPECT_FALSE(needs_attributes(rollout.audience));
    rollout.audience.attributes = {{"board", "B"}};
    EXPECT_TRUE(needs_attributes(rollout.audience));
}

}  // namespace
}  // namespace updraft::rollout
