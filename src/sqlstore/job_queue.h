// Write transactions that wait for a thread that commits them.
//
// Lives here: the queue, its limit, and how many jobs a thread takes at once.
// Not here:   running and committing them (sqlite/commit_queue, postgres/commit_queue).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "sqlstore/job.h"

namespace updraft::sqlstore {

struct JobQueueLimits {
    std::size_t queue_max;  // Jobs that wait; above: Errc::busy.
    std::size_t batch_max;  // Jobs that one thread takes at once.
    std::size_t threads;    // That take from the queue: each takes at most its share.
};

// Safe to call from any thread.
class JobQueue {
public:
    explicit JobQueue(JobQueueLimits limits) : limits_(limits) {}

    // As Store::submit(). When the queue is full, `done` hears so at once, on this thread.
    void submit(Store::WriteBody body, Store::Done done);
    // A job without a body, which also a full queue takes.
    void submit_probe(Store::Done done);
    // From here on threads that find the queue empty end.
    void close();

    // Replaces what is in `batch` by the jobs that came first; waits while there are none. False
    // when the queue is closed and empty.
    [[nodiscard]] bool take(std::vector<Job>& batch);
    // How many jobs were left when one of the threads took some the last time.
    [[nodiscard]] std::uint64_t waiting() const { return waiting_; }

private:
    bool push(Job&& job, std::size_t queue_max);

    JobQueueLimits const limits_;
    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<Job> queue_;
    std::size_t sleeping_ = 0;  // Threads that wait for work_ and were not notified yet.
    bool closing_ = false;
    std::atomic<std::uint64_t> waiting_{0};
};

}  // namespace updraft::sqlstore
