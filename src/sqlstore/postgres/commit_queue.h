// The threads that write: each with a connection, all of them with one queue.
//
// Lives here: the queue, how many transactions share a commit, and who is told of commits.
// Not here:   carrying one out (postgres_write).
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

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
    // Empty when there is nothing left to do ever.
    [[nodiscard]] std::vector<PostgresJob> take_batch();
    void run_batch(PostgresWriteRunner& runner, std::vector<PostgresJob>& batch);
    void tell(std::uint32_t touched);

    PostgresConnector& connector_;
    std::size_t const queue_max_;
    std::size_t const batch_max_;
    std::array<std::function<void()>, touched_kinds> listeners_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<PostgresJob> queue_;
    bool closing_ = false;

    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> committed_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> waiting_{0};

    std::vector<std::thread> threads_;  // Last: they use all of the above.
};

}  // namespace updraft::sqlstore
