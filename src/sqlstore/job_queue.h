// The queue of write transactions that wait for a thread that commits them.
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
    std::size_t queue_max;  // Waiting jobs; when there are more: Errc::busy.
    std::size_t batch_max;  // Largest number of jobs that take() answers.
    std::size_t threads;    // Threads that call take(): each gets at most its share.
};

// Safe to call from any thread.
class JobQueue {
public:
    explicit JobQueue(JobQueueLimits limits) : limits_(limits) {}

    // As Store::submit(). When the queue is full, calls `done` with Errc::busy at once, on this
    // thread.
    void submit(Store::WriteBody body, Store::Done done);
    // Queues a job without a body, even when the queue is full.
    void submit_probe(Store::Done done);
    // Makes take() answer false when the queue is empty, so that its callers end.
    void close();

    // Moves the oldest jobs to `batch`, whose content is replaced; waits while there are none.
    // False when the queue is closed and empty.
    [[nodiscard]] bool take(std::vector<Job>& batch);
    // The number of jobs that the last take() left in the queue.
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
