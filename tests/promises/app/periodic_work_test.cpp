#include "app/periodic/periodic_work.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "stage/manual_clock.h"

namespace updraft::app {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class PeriodicTasks : public testing::Test {
protected:
    stage::ManualClock clock_;
    Journal journal_{LogLevel::off, LogFormat::text};
    PeriodicWork work_{clock_, journal_};

    // A task that counts its runs and wants the next one `after` later.
    PeriodicWork::Task counting(int& runs, Millis after) {
        return {.name = "counting", .run = [&runs, after](Instant now) -> Result<Instant> {
                    ++runs;
                    return now + after;
                }};
    }
};

TEST_F(PeriodicTasks, RunsEachTaskWhenItIsDueAndNotBefore) {
    int runs = 0;
    work_.add(counting(runs, seconds{1}));
    work_.run_due(clock_.now());
    EXPECT_EQ(runs, 1);
    work_.run_due(clock_.advance(Millis{999}));
    EXPECT_EQ(runs, 1);
    work_.run_due(clock_.advance(Millis{1}));
    EXPECT_EQ(runs, 2);
}

TEST_F(PeriodicTasks, AnswersWhenTheNextTaskIsDue) {
    int often = 0;
    int seldom = 0;
    work_.add(counting(often, seconds{1}));
    work_.add(counting(seldom, seconds{3}));
    EXPECT_EQ(work_.run_due(clock_.now()), clock_.now() + seconds{1});
}

TEST_F(PeriodicTasks, IsWokenEarly) {
    int runs = 0;
    auto const step = work_.add(counting(runs, hours{1}));
    work_.run_due(clock_.now());
    work_.wake(step);
    work_.run_due(clock_.advance(seconds{1}));
    EXPECT_EQ(runs, 2);
}

TEST_F(PeriodicTasks, RestsBetweenTwoWakings) {
    int runs = 0;
    auto const step = work_.add(counting(runs, hours{1}));
    work_.run_due(clock_.now());
    work_.wake(step);
    auto const woken_at = clock_.advance(Millis{1});
    EXPECT_EQ(work_.run_due(woken_at), woken_at + Millis{99});
    EXPECT_EQ(runs, 1);
    work_.run_due(clock_.advance(Millis{99}));
    EXPECT_EQ(runs, 2);
}

TEST_F(PeriodicTasks, GoesOnAtOnceWhileThereIsMoreToDo) {
    int left = 3;
    work_.add({.name = "backlog", .run = [&left](Instant now) -> Result<Instant> {
                   return --left > 0 ? now : now + hours{1};
               }});
    while (left > 0) EXPECT_LE(work_.run_due(clock_.now()), clock_.now() + seconds{5});
    EXPECT_EQ(left, 0);
}

TEST_F(PeriodicTasks, TriesAFailedTaskAgainAndTheOthersDoNotSuffer) {
    int failures = 0;
    int runs = 0;
    work_.add({.name = "failing", .run = [&failures](Instant) -> Result<Instant> {
                   ++failures;
                   return fail(Errc::unavailable, "the disk is full");
               }});
    work_.add(counting(runs, seconds{1}));
    work_.run_due(clock_.now());
    work_.run_due(clock_.advance(seconds{1}));
    EXPECT_EQ(failures, 1);
    EXPECT_EQ(runs, 2);
    work_.run_due(clock_.advance(seconds{4}));
    EXPECT_EQ(failures, 2);
}

TEST_F(PeriodicTasks, DoesNotWaitForWhatAClockSetBackOnceShowed) {
    int runs = 0;
    work_.add(counting(runs, seconds{1}));
    work_.run_due(clock_.now());
    work_.run_due(clock_.advance(-hours{400 * 24}));
    EXPECT_EQ(runs, 2);
}

TEST_F(PeriodicTasks, RunsOnItsThreadUntilItIsStopped) {
    std::atomic<int> runs = 0;
    std::mutex mutex;
    std::condition_variable ran;
    auto const step = work_.add({.name = "step", .run = [&](Instant now) -> Result<Instant> {
                                     std::lock_guard const lock(mutex);
                                     ++runs;
                                     ran.notify_all();
                                     return now + hours{1};
                                 }});
    work_.start();
    {
        std::unique_lock lock(mutex);
        ran.wait(lock, [&] { return runs == 1; });
    }
    clock_.advance(seconds{1});
    work_.wake(step);
    {
        std::unique_lock lock(mutex);
        ran.wait(lock, [&] { return runs == 2; });
    }
    work_.stop();
    work_.wake(step);
    EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace updraft::app
