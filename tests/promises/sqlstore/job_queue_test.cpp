// The queue in front of both stores' commits, and what it does with a job.
#include "sqlstore/job_queue.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "sqlstore/commit_listeners.h"
#include "sqlstore/sqlite/session.h"

namespace updraft::sqlstore {
namespace {

Result<void> nothing(Tx&) { return {}; }

struct Told {
    std::vector<std::string> names = {};

    Store::Done done(std::string name) {
        return [this, name = std::move(name)](Result<void> result) {
            names.push_back(name + (result ? "" : " " + std::string(result.error().detail)));
        };
    }
};

void tell_all(std::vector<Job>& batch) {
    for (auto& job : batch) job.done(std::move(job.result));
}

TEST(JobQueue, HandsOutJobsInOrderUpToTheSizeOfABatch) {
    JobQueue queue({.queue_max = 10, .batch_max = 2, .threads = 1});
    Told told;
    for (auto const* name : {"a", "b", "c"}) queue.submit(nothing, told.done(name));
    std::vector<Job> batch;
    ASSERT_TRUE(queue.take(batch));
    EXPECT_EQ(batch.size(), 2U);
    EXPECT_EQ(queue.waiting(), 1U);
    tell_all(batch);
    ASSERT_TRUE(queue.take(batch));
    tell_all(batch);
    EXPECT_EQ(told.names, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(JobQueue, GivesEachThreadItsShare) {
    JobQueue queue({.queue_max = 10, .batch_max = 10, .threads = 2});
    Told told;
    for (int i = 0; i < 5; ++i) queue.submit(nothing, told.done("job"));
    std::vector<Job> batch;
    ASSERT_TRUE(queue.take(batch));
    EXPECT_EQ(batch.size(), 3U);
}

TEST(JobQueue, RefusesAJobAtOnceWhenItIsFullButTakesAProbe) {
    JobQueue queue({.queue_max = 1, .batch_max = 10, .threads = 1});
    Told told;
    queue.submit(nothing, told.done("first"));
    queue.submit(nothing, told.done("second"));
    EXPECT_EQ(told.names,
              (std::vector<std::string>{"second too many transactions are waiting to be written"}));
    queue.submit_probe(told.done("probe"));
    std::vector<Job> batch;
    ASSERT_TRUE(queue.take(batch));
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_TRUE(batch[0].body);
    EXPECT_FALSE(batch[1].body);
}

TEST(JobQueue, IsEmptiedAfterItCloses) {
    JobQueue queue({.queue_max = 10, .batch_max = 1, .threads = 1});
    Told told;
    queue.submit(nothing, told.done("job"));
    queue.close();
    std::vector<Job> batch;
    EXPECT_TRUE(queue.take(batch));
    EXPECT_FALSE(queue.take(batch));
    EXPECT_TRUE(batch.empty());
}

TEST(JobQueue, WakesEveryThreadThatWaits) {
    constexpr std::size_t threads_count = 4;
    constexpr int jobs = 1'000;
    JobQueue queue({.queue_max = jobs, .batch_max = 1, .threads = threads_count});
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < threads_count; ++i) {
        threads.emplace_back([&] {
            std::vector<Job> batch;
            while (queue.take(batch)) tell_all(batch);
        });
    }
    for (int i = 0; i < jobs; ++i) {
        queue.submit(nothing, [&](Result<void> const&) { ++done; });
    }
    queue.close();
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(done, jobs);
}

class RunningAJob : public testing::Test {
protected:
    std::unique_ptr<SqliteSession> session =
        SqliteSession::open(":memory:", Access::read_write, Sync::off).value();

    Job run(Store::WriteBody body) {
        Job job{.body = std::move(body), .done = {}, .result = {}};
        run_job(job, *session, Tables{});
        return job;
    }
};

TEST_F(RunningAJob, TurnsAnExceptionIntoAnError) {
    auto const job = run([](Tx&) -> Result<void> { throw std::runtime_error("a bug"); });
    EXPECT_EQ(job.result.error().code, Errc::internal);
    EXPECT_EQ(job.result.error().detail, "a transaction threw: a bug");
}

TEST_F(RunningAJob, TellsWhatItTouchedOnlyWhenItSucceeded) {
    auto const touching = [this](Result<void> outcome) {
        return [this, outcome = std::move(outcome)](Tx&) {
            session->touch(Touched::announcements);
            return outcome;
        };
    };
    EXPECT_EQ(run(touching({})).touched, 1U << static_cast<unsigned>(Touched::announcements));
    EXPECT_EQ(run(touching(fail(Errc::invalid, "no"))).touched, 0U);
    EXPECT_EQ(run(nothing).touched, 0U) << "what a failed job touched was left to the next one";
}

TEST_F(RunningAJob, FailsWhenAColumnWasOfAnotherType) {
    auto const reads_text_as_number = [this](Tx&) -> Result<void> {
        TRY_ASSIGN(auto rows, session->query("SELECT 'words'"));
        TRY(rows.next());
        static_cast<void>(rows.number(0));
        return {};
    };
    EXPECT_EQ(run(reads_text_as_number).result.error().code, Errc::corrupt);
    EXPECT_TRUE(run(nothing).result);
}

TEST(CommitListeners, AreToldOfWhatACommitTouched) {
    CommitListeners listeners;
    std::vector<std::string> told;
    listeners.set(Touched::outbox, [&] { told.emplace_back("outbox"); });
    listeners.set(Touched::upgrades, [&] { told.emplace_back("upgrades"); });
    auto const bit = [](Touched what) { return 1U << static_cast<unsigned>(what); };
    listeners.tell(bit(Touched::announcements));
    EXPECT_TRUE(told.empty());
    listeners.tell(bit(Touched::upgrades) | bit(Touched::announcements));
    EXPECT_EQ(told, (std::vector<std::string>{"upgrades"}));
}

}  // namespace
}  // namespace updraft::sqlstore
