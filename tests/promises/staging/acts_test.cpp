#include "staging/acts.h"

#include <gtest/gtest.h>

namespace updraft::staging {
namespace {

using rollout::HaltReason;
using rollout::Rollout;
using rollout::State;
using enum State;
using std::chrono::hours;

constexpr Instant now{1'000'000};

Rollout in_state(State state) {
    Rollout rollout;
    rollout.state = state;
    rollout.plan.waves = {{.devices = 10, .soak = hours{24}}, {.millionths = 1'000'000}};
    if (state >= running) {
        rollout.started_at = Instant{500};
        rollout.wave = 0;
        rollout.waves.resize(2);
        rollout.audience_count = 100;
    }
    if (state == halted) rollout.reason = HaltReason::failing;
    return rollout;
}

struct ActCase {
    std::string name;
    State from;
    Act act;
    std::optional<State> to;  // Absent: it is not possible.
    Approval approval = Approval::not_needed;
    std::optional<Instant> start_at = {};
};
class AnAct : public testing::TestWithParam<ActCase> {};
TEST_P(AnAct, LeadsToAStateOrIsRefused) {
    auto const& tested = GetParam();
    auto rollout = in_state(tested.from);
    rollout.start_at = tested.start_at;
    Said const said{.note = "looked at", .acknowledged = true};
    auto const checked = check(rollout, tested.act, said, OpenWave::not_passed);
    ASSERT_EQ(checked.has_value(), tested.to.has_value());
    if (!tested.to) {
        EXPECT_EQ(checked.error().code, Errc::conflict);
        return;
    }
    auto const made = after(rollout, tested.act, tested.approval, now);
    EXPECT_EQ(made.state, *tested.to);
    bool const starts = *tested.to == running && tested.from < running;
    EXPECT_EQ(made.started_at == now, starts);
    EXPECT_EQ(made.ended_at == now, *tested.to == stopped);
}
constexpr auto needed = Approval::needed;
constexpr auto no = std::nullopt;
constexpr Instant later_on{now.ms + 1};
INSTANTIATE_TEST_SUITE_P(
    OfOperators, AnAct,
    testing::Values(
        ActCase{"SubmitStartsADraft", draft, Act::submit, running},
        ActCase{"StartStartsADraft", draft, Act::start, running},
        ActCase{"SubmitSchedules", draft, Act::submit, scheduled, {}, later_on},
        ActCase{"StartSchedules", draft, Act::start, scheduled, {}, later_on},
        ActCase{"ATimeThatHasComeStarts", draft, Act::start, running, {}, now},
        ActCase{"SubmitAsksForApproval", draft, Act::submit, waiting_approval, needed},
        ActCase{"StartAsksForApproval", draft, Act::start, waiting_approval, needed, later_on},
        ActCase{"StartDoesNotWaitForTheSchedule", scheduled, Act::start, running, {}, later_on},
        ActCase{"SubmitTwice", running, Act::submit, no},
        ActCase{"StartTwice", running, Act::start, no},
        ActCase{"StartBeforeApproval", waiting_approval, Act::start, no, needed},
        ActCase{"ApproveStarts", waiting_approval, Act::approve, running, needed},
        ActCase{"ApproveSchedules", waiting_approval, Act::approve, scheduled, needed, later_on},
        ActCase{"ApproveADraft", draft, Act::approve, no, needed},
        ActCase{"ApproveTwice", running, Act::approve, no, needed},
        ActCase{"DenyMakesADraft", waiting_approval, Act::deny, draft, needed},
        ActCase{"DenyTooLate", scheduled, Act::deny, no, needed},
        ActCase{"Pause", running, Act::pause, paused},
        ActCase{"PauseTwice", paused, Act::pause, no},
        ActCase{"PauseWhatIsHalted", halted, Act::pause, no},
        ActCase{"PauseWhatIsScheduled", scheduled, Act::pause, no},
        ActCase{"ResumeWhatIsPaused", paused, Act::resume, running},
        ActCase{"ResumeWhatIsHalted", halted, Act::resume, running},
        ActCase{"ResumeWhatRuns", running, Act::resume, no},
        ActCase{"ResumeWhatStopped", stopped, Act::resume, no},
        ActCase{"StopADraft", draft, Act::stop, no},
        ActCase{"StopBeforeApproval", waiting_approval, Act::stop, stopped, needed},
        ActCase{"StopBeforeTheStart", scheduled, Act::stop, stopped},
        ActCase{"StopWhatRuns", running, Act::stop, stopping},
        ActCase{"StopWhatIsPaused", paused, Act::stop, stopping},
        ActCase{"StopWhatIsHalted", halted, Act::stop, stopping},
        ActCase{"StopTwice", stopping, Act::stop, no},
        ActCase{"StopWhatStopped", stopped, Act::stop, no},
        ActCase{"StopWhatFinished", finished, Act::stop, no},
        ActCase{"NextWave", running, Act::next_wave, running},
        ActCase{"NextWaveWhilePaused", paused, Act::next_wave, no},
        ActCase{"NextWaveWhileHalted", halted, Act::next_wave, no}),
    [](auto const& tested) { return tested.param.name; });

TEST(ResumingAHaltedRollout, NeedsAnAcknowledgementAndANoteAndBeginsAnEpoch) {
    auto const rollout = in_state(halted);
    for (auto const& said : {Said{}, Said{.note = "x"}, Said{.acknowledged = true}}) {
        EXPECT_EQ(check(rollout, Act::resume, said, OpenWave::not_passed).error().code,
                  Errc::invalid);
        EXPECT_TRUE(check(in_state(paused), Act::resume, said, OpenWave::not_passed));
    }
    auto const made = after(rollout, Act::resume, Approval::not_needed, now);
    EXPECT_EQ(made.epoch, rollout.epoch + 1);
    EXPECT_EQ(made.reason, std::nullopt);
    EXPECT_EQ(after(in_state(paused), Act::resume, Approval::not_needed, now).epoch, 0);
}

TEST(TheNextWave, NeedsAnAcknowledgementUnlessTheOpenOneHasPassed) {
    auto rollout = in_state(running);
    EXPECT_EQ(check(rollout, Act::next_wave, {}, OpenWave::not_passed).error().code, Errc::invalid);
    EXPECT_TRUE(check(rollout, Act::next_wave, {}, OpenWave::asks_approval));
    auto const made = after(rollout, Act::next_wave, Approval::not_needed, now);
    EXPECT_EQ(made.wave, 1U);
    EXPECT_TRUE(made.waves[0].passed_at);
    EXPECT_EQ(made.waves[1].opened_at, now);
    EXPECT_EQ(check(made, Act::next_wave, {}, OpenWave::not_passed).error().code, Errc::conflict);
    rollout.audience_count.reset();
    EXPECT_EQ(check(rollout, Act::next_wave, {}, OpenWave::not_passed).error().code,
              Errc::conflict);
}

}  // namespace
}  // namespace updraft::staging
