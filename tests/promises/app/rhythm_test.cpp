#include "app/rhythm.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "stage/manual_clock.h"

namespace updraft::app {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class RhythmOfSteps : public testing::Test {
protected:
    stage::ManualClock clock_;
    Journal journal_{LogLevel::off, LogFormat::text};
    Rhythm rhythm_{clock_, journal_};

    // A step that counts its runs and wants the next one `after` later.
    Rhythm::Step counting(int& runs, Millis after) {
        return {.name = "counting", .run = [&runs, after](Instant now) -> Result<Instant> {
                    ++runs;
                    return now + after;
                }};
    }
};

TEST_F(RhythmOfSteps, RunsEachStepWhenItIsDueAndNotBefore) {
    int runs = 0;
    rhythm_.add(counting(runs, seconds{1}));
    rhythm_.run_due(clock_.now());
    EXPECT_EQ(runs, 1);
    rhythm_.run_due(clock_.advance(Millis{999}));
    EXPECT_EQ(runs, 1);
    rhythm_.run_due(clock_.advance(Millis{1}));
    EXPECT_EQ(runs, 2);
}

TEST_F(RhythmOfSteps, AnswersWhenTheNextStepIsDue) {
    int often = 0;
    int seldom = 0;
    rhythm_.add(counting(often, seconds{1}));
    rhythm_.add(counting(seldom, seconds{3}));
    EXPECT_EQ(rhythm_.run_due(clock_.now()), clock_.now() + seconds{1});
}

TEST_F(RhythmOfSteps, IsWokenEarly) {
    int runs = 0;
    auto const step = rhythm_.add(counting(runs, hours{1}));
    rhythm_.run_due(clock_.now());
    rhythm_.wake(step);
    rhythm_.run_due(clock_.advance(seconds{1}));
    EXPECT_EQ(runs, 2);
}

TEST_F(RhythmOfSteps, RestsBetweenTwoWakings) {
    int runs = 0;
    auto const step = rhythm_.add(counting(runs, hours{1}));
    rhythm_.run_due(clock_.now());
    rhythm_.wake(step);
    auto const woken_at = clock_.advance(Millis{1});
    EXPECT_EQ(rhythm_.run_due(woken_at), woken_at + Millis{99});
    EXPECT_EQ(runs, 1);
    rhythm_.run_due(clock_.advance(Millis{99}));
    EXPECT_EQ(runs, 2);
}

TEST_F(RhythmOfSteps, GoesOnAtOnceWhileThereIsMoreToDo) {
    int left = 3;
    rhythm_.add({.name = "backlog", .run = [&left](Instant now) -> Result<Instant> {
                     return --left > 0 ? now : now + hours{1};
                 }});
    while (left > 0) EXPECT_LE(rhythm_.run_due(clock_.now()), clock_.now() + seconds{5});
    EXPECT_EQ(left, 0);
}

TEST_F(RhythmOfSteps, TriesAFailedStepAgainAndTheOthersDoNotSuffer) {
    int failures = 0;
    int runs = 0;
    rhythm_.add({.name = "failing", .run = [&failures](Instant) -> Result<Instant> {
                     ++failures;
                     return fail(Errc::unavailable, "the disk is full");
                 }});
    rhythm_.add(counting(runs, seconds{1}));
    rhythm_.run_due(clock_.now());
    rhythm_.run_due(clock_.advance(seconds{1}));
    EXPECT_EQ(failures, 1);
    EXPECT_EQ(runs, 2);
    rhythm_.run_due(clock_.advance(seconds{4}));
    EXPECT_EQ(failures, 2);
}

TEST_F(RhythmOfSteps, DoesNotWaitForWhatAClockSetBackOnceShowed) {
    int runs = 0;
    rhythm_.add(counting(runs, seconds{1}));
    rhythm_.run_due(clock_.now());
    rhythm_.run_due(clock_.advance(-hours{400 * 24}));
    EXPECT_EQ(runs, 2);
}

TEST_F(RhythmOfSteps, RunsOnItsThreadUntilItIsStopped) {
    std::atomic<int> runs = 0;
    std::mutex mutex;
    std::condition_variable ran;
    auto const step = rhythm_.add({.name = "step", .run = [&](Instant now) -> Result<Instant> {
                                       std::lock_guard const lock(mutex);
                                       ++runs;
                                       ran.notify_all();
                                       return now + hours{1};
                                   }});
    rhythm_.start();
    {
        std::unique_lock lock(mutex);
        ran.wait(lock, [&] { return runs == 1; });
    }
    clock_.advance(seconds{1});
    rhythm_.wake(step);
    {
        std::unique_lock lock(mutex);
        ran.wait(lock, [&] { return runs == 2; });
    }
    rhythm_.stop();
    rhythm_.wake(step);
    EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace updraft::app
