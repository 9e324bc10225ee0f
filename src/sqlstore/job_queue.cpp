#include "sqlstore/job_queue.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace updraft::sqlstore {

// `job` is moved from only when there is room for it.
bool JobQueue::push(Job&& job, std::size_t queue_max) {
    bool wake = false;
    {
        std::scoped_lock const lock(mutex_);
        if (queue_.size() >= queue_max) return false;
        queue_.push_back(std::move(job));
        // A thread that was notified and has not woken up yet needs no second call.
        wake = sleeping_ > 0;
        sleeping_ -= wake ? 1 : 0;
    }
    if (wake) work_.notify_one();
    return true;
}

void JobQueue::submit(Store::WriteBody body, Store::Done done) {
    Job job{.body = std::move(body), .done = std::move(done), .result = {}};
    if (push(std::move(job), limits_.queue_max)) return;
    job.done(fail(Errc::busy, "too many transactions are waiting to be written"));
}

void JobQueue::submit_probe(Store::Done done) {
    push({.body = nullptr, .done = std::move(done), .result = {}},
         std::numeric_limits<std::size_t>::max());
}

void JobQueue::close() {
    {
        std::scoped_lock const lock(mutex_);
        closing_ = true;
    }
    work_.notify_all();
}

bool JobQueue::take(std::vector<Job>& batch) {
    batch.clear();
    std::unique_lock lock(mutex_);
    while (queue_.empty()) {
        if (closing_) return false;
        ++sleeping_;
        work_.wait(lock);
    }
    auto const share = (queue_.size() + limits_.threads - 1) / limits_.threads;
    auto const count = std::min(share, limits_.batch_max);
    auto const end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
    batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    waiting_ = queue_.size();
    return true;
}

}  // namespace updraft::sqlstore
