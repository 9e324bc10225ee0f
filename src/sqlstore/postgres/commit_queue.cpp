#include "sqlstore/postgres/commit_queue.h"

#include <algorithm>
#include <utility>

namespace updraft::sqlstore {

PostgresCommitQueue::PostgresCommitQueue(PostgresConnector& connector,
                                         PostgresOptions const& options)
    : connector_(connector),
      queue_({.queue_max = options.queue_max,
              .batch_max = options.batch_max,
              .threads = std::max<std::size_t>(1, options.writers)}) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.writers); ++i) {
        threads_.emplace_back([this] { run(); });
    }
}

PostgresCommitQueue::~PostgresCommitQueue() {
    queue_.close();
    for (auto& thread : threads_) thread.join();
}

void PostgresCommitQueue::submit(Store::WriteBody body, Store::Done done) {
    queue_.submit(std::move(body), std::move(done));
}

void PostgresCommitQueue::on_commit(Touched what, std::function<void()> listener) {
    listeners_.set(what, std::move(listener));
}

void PostgresCommitQueue::on_audit(std::function<void(AuditEntry const&)> listener) {
    listeners_.set_audit(std::move(listener));
}

StoreCounts PostgresCommitQueue::counts() const {
    StoreCounts counts;
    counts.commits = commits_;
    counts.committed = committed_;
    counts.refused = refused_;
    counts.repeated = connector_.repeated();
    counts.waiting = queue_.waiting();
    return counts;
}

// Waiting transactions are committed together. Each thread takes a part of them, so that one part
// waits for the write lock while another one commits.
void PostgresCommitQueue::run() {
    PostgresWriteRunner runner(connector_);
    std::vector<Job> batch;
    while (queue_.take(batch)) run_batch(runner, batch);
}

void PostgresCommitQueue::run_batch(PostgresWriteRunner& runner, std::vector<Job>& batch) {
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
    listeners_.tell(touched);
    for (auto const& job : batch) {
        if (job.result) listeners_.tell_audit(job.audited);
    }
    for (auto& job : batch) job.done(std::move(job.result));
}

}  // namespace updraft::sqlstore
