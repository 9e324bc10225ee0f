// The threads that write to PostgreSQL: each with a connection, all of them with one queue.
//
// Lives here: the threads, what they count, and telling listeners of commits.
// Not here:   waiting (job_queue), carrying a transaction out (postgres/write_runner).
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "sqlstore/commit_listeners.h"
#include "sqlstore/job_queue.h"
#include "sqlstore/postgres/write_runner.h"
#include "sqlstore/store.h"

namespace updraft::sqlstore {

// Safe to call from any thread, except where it says otherwise.
class PostgresCommitQueue {
public:
    PostgresCommitQueue(PostgresConnector& connector, PostgresOptions const& options);
    // Runs what is queued first.
    ~PostgresCommitQueue();
    PostgresCommitQueue(PostgresCommitQueue const&) = delete;
    PostgresCommitQueue& operator=(PostgresCommitQueue const&) = delete;

    // As Store::submit(). When the queue is full, `done` hears so at once, on this thread.
    void submit(Store::WriteBody body, Store::Done done);
    // Before the first submit().
    void on_commit(Touched what, std::function<void()> listener);
    [[nodiscard]] StoreCounts counts() const;

private:
    void run();
    void run_batch(PostgresWriteRunner& runner, std::vector<Job>& batch);

    PostgresConnector& connector_;
    CommitListeners listeners_;
    JobQueue queue_;

    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> committed_{0};
    std::atomic<std::uint64_t> refused_{0};

    std::vector<std::thread> threads_;  // Last: they use all of the above.
};

}  // namespace updraft::sqlstore
