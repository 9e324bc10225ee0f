// The threads that write to PostgreSQL. Each has a connection of its own; all share one queue.
//
// Lives here: the threads, their counts, and calling the listeners of commits.
// Not here:   the queue (job_queue), running a transaction (postgres/write_runner).
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

// Safe to call from any thread, except where stated.
class PostgresCommitQueue {
public:
    PostgresCommitQueue(PostgresConnector& connector, PostgresOptions const& options);
    // Runs the queued jobs first.
    ~PostgresCommitQueue();
    PostgresCommitQueue(PostgresCommitQueue const&) = delete;
    PostgresCommitQueue& operator=(PostgresCommitQueue const&) = delete;

    // As Store::submit().
    void submit(Store::WriteBody body, Store::Done done);
    // As Store::on_commit(). Must be called before the first submit().
    void on_commit(Touched what, std::function<void()> listener);
    // As Store::on_audit(). Must be called before the first submit().
    void on_audit(std::function<void(AuditEntry const&)> listener);
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

    std::vector<std::thread> threads_;  // Last member: they use all of the above.
};

}  // namespace updraft::sqlstore
