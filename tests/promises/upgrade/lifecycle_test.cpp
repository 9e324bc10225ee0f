#include "upgrade/lifecycle.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace updraft::upgrade {
namespace {

struct StepCase {
    std::string name;
    Course from;
    Event event;
    Course to;
};
class Lifecycle : public testing::TestWithParam<StepCase> {};
TEST_P(Lifecycle, Steps) { EXPECT_EQ(after(GetParam().from, GetParam().event), GetParam().to); }

constexpr auto que = State::queued;
constexpr auto can = State::cancelling;

INSTANTIATE_TEST_SUITE_P(
    , Lifecycle,
    testing::Values(
        StepCase{"FetchingTakesIt", {que}, Event::fetched, {State::offered}},
        StepCase{"FirstByteBeginsTheDownload",
                 {State::offered},
                 Event::bytes_began,
                 {State::downloading}},
        StepCase{"LastByteEndsIt", {State::downloading}, Event::bytes_ended, {State::downloaded}},
        StepCase{
            "WorkBeforeAnyByteChangesNothing", {State::offered}, Event::working, {State::offered}},
        StepCase{"WorkAfterTheLastByteIsInstalling",
                 {State::downloaded},
                 Event::working,
                 {State::installing}},
        StepCase{"FetchingAgainChangesNothing",
                 {State::installing},
                 Event::fetched,
                 {State::installing}},
        StepCase{"DownloadingAgainGoesNotBack",
                 {State::installing},
                 Event::bytes_began,
                 {State::installing}},
        StepCase{"SuccessMayComeAtOnce", {que}, Event::succeeded, {State::succeeded}},
        StepCase{
            "AClaimIsVerified", {State::installing}, Event::claims_success, {State::verifying}},
        StepCase{
            "TheVersionProvesIt", {State::verifying}, Event::version_proven, {State::succeeded}},
        StepCase{"AThirdVersionFails", {State::verifying}, Event::version_wrong, {State::failed}},
        StepCase{"TheVersionProvesItBeforeTheClaimToo",
                 {State::installing},
                 Event::version_proven,
                 {State::succeeded}},
        StepCase{"TheVersionProvesWhatIsQueued", {que}, Event::version_proven, {State::succeeded}},
        StepCase{"QueuedIsCancelledAtOnce", {que}, Event::cancel_asked, {State::cancelled}},
        StepCase{"OthersAreAskedToStop",
                 {State::downloading},
                 Event::cancel_asked,
                 {can, State::downloading}},
        StepCase{"AskedTwiceIsAskedOnce",
                 {can, State::downloading},
                 Event::cancel_asked,
                 {can, State::downloading}},
        StepCase{"ARefusedCancelGoesOn",
                 {can, State::installing},
                 Event::cancel_refused,
                 {State::installing}},
        StepCase{"AnAgreedCancelEndsIt",
                 {can, State::installing},
                 Event::cancel_agreed,
                 {State::cancelled}},
        StepCase{"WorkGoesOnWhileCancelling",
                 {can, State::downloading},
                 Event::bytes_ended,
                 {can, State::downloaded}},
        StepCase{
            "SuccessBeatsACancel", {can, State::installing}, Event::succeeded, {State::succeeded}},
        StepCase{"AProvenVersionBeatsACancel",
                 {can, State::verifying},
                 Event::version_proven,
                 {State::succeeded}},
        StepCase{"AProvenVersionBeatsACancelOfADownload",
                 {can, State::downloading},
                 Event::version_proven,
                 {State::succeeded}},
        StepCase{"SilenceWhileQueuedExpires", {que}, Event::silence, {State::expired}},
        StepCase{"SilenceLaterFails", {State::offered}, Event::silence, {State::failed}}),
    [](auto const& tested) { return tested.param.name; });

// With random events in random order, no transition leaves a final state, and silence always ends
// an upgrade.
TEST(LifecycleUnderRandomEvents, NeverLeavesAFinalStateAndAlwaysEnds) {
    std::mt19937 chance(20'261'123);
    std::uniform_int_distribution<std::size_t> any_event(0, event_count - 1);
    for (int run = 0; run < 20'000; ++run) {
        Course at;
        for (int step = 0; step < 50; ++step) {
            auto const next = after(at, static_cast<Event>(any_event(chance)));
            if (is_final(at.state)) {
                ASSERT_EQ(next, at);
            }
            ASSERT_TRUE(next.state == State::cancelling || next.resume == State::queued);
            ASSERT_FALSE(next.state == State::queued && at.state != State::queued);
            ASSERT_FALSE(is_final(next.resume));
            ASSERT_NE(next.resume, State::cancelling);
            at = next;
        }
        ASSERT_TRUE(is_final(after(at, Event::silence).state));
    }
}

}  // namespace
}  // namespace updraft::upgrade
