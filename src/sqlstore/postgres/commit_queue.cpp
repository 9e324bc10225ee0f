#include "sqlstore/postgres/commit_queue.h"

#include <algorithm>
#include <utility>

namespace updraft::sqlstore {

PostgresCommitQueue::PostgresCommitQueue(PostgresConnector& connector,
                                         PostgresOptions const& options)
    : connector_(connector), queue_max_(options.queue_max), batch_max_(options.batch_max) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.writers); ++i) {
        threads_.emplace_back([this] { run(); });
    }
}

PostgresCommitQueue::~PostgresCommitQueue() {
    {
        std::scoped_lock const lock(mutex_);
        closing_ = true;
    }
    work_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void PostgresCommitQueue::submit(Store::WriteBody body, Store::Done done) {
    {
        std::unique_lock lock(mutex_);
        if (queue_.size() < queue_max_) {
            queue_.push_back({std::move(body), std::move(done), {}, 0});
            lock.unlock();
            work_.notify_one();
            return;
        }
    }
    done(fail(Errc::busy, "too many transactions are waiting to be written"));
}

void PostgresCommitQueue::on_commit(Touched what, std::function<void()> listener) {
    listeners_[static_cast<std::size_t>(what)] = std::move(listener);
}

StoreCounts PostgresCommitQueue::counts() const {
    StoreCounts counts;
    counts.commits = commits_;
    counts.committed = committed_;
    counts.refused = refused_;
    counts.repeated = connector_.repeated();
    counts.waiting = waiting_;
    return counts;
}

// Transactions that wait in a row share a commit; each thread takes its part of them, so that one
// part waits for its turn while another commits.
std::vector<PostgresJob> PostgresCommitQueue::take_batch() {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [this] { return !queue_.empty() || closing_; });
    auto const share = (queue_.size() + threads_.size() - 1) / threads_.size();
    auto const count = std::min({queue_.size(), share, batch_max_});
    auto const end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<PostgresJob> batch(std::make_move_iterator(queue_.begin()),
                                   std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    waiting_ = queue_.size();
    return batch;
}

void PostgresCommitQueue::run() {
    PostgresWriteRunner runner(connector_);
    for (auto batch = take_batch(); !batch.empty(); batch = take_batch()) run_batch(runner, batch);
}

void PostgresCommitQueue::run_batch(PostgresWriteRunner& runner, std::vector<PostgresJob>& batch) {
    auto const together = batch.size() > 1 && runner.write_together(batch);
    if (!together) {
        for (auto& job : batch) runner.write_alone(job);
    }
    std::uint32_t touched = 0;
    std::uint64_t changing = 0;
    for (auto const& job : batch) {
        touched |= job.touched;
        changing += job.result && job.wrote ? 1 : 0;
        committed_ += job.result ? 1 : 0;
        refused_ += !job.result && job.result.error().code == Errc::unavailable ? 1 : 0;
    }
    commits_ += together ? std::min<std::uint64_t>(changing, 1) : changing;
    tell(touched);
    for (auto& job : batch) job.done(std::move(job.result));
}

void PostgresCommitQueue::tell(std::uint32_t touched) {
    for (std::size_t i = 0; i < touched_kinds; ++i) {
        if ((touched & 1U << i) != 0 && listeners_[i]) listeners_[i]();
    }
}

}  // namespace updraft::sqlstore
