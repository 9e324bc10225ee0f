// The thread that writes to SQLite, many transactions in one durable commit.
//
// Lives here: group commit, checkpoints, and handling errors of the disk.
// Not here:   the queue (job_queue), reading (sqlite/readers), SQL (tables/).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ports/store.h"
#include "sqlstore/commit_listeners.h"
#include "sqlstore/job_queue.h"
#include "sqlstore/sqlite/readers.h"
#include "sqlstore/sqlite/store.h"

namespace updraft::sqlstore {

// Safe to call from any thread, except where stated.
class SqliteCommitQueue {
public:
    SqliteCommitQueue(std::unique_ptr<SqliteSession> session,
                      std::shared_ptr<Generations> generations,
                      std::shared_ptr<SqliteReaders> readers, SqliteOptions options);
    // Runs the queued jobs, closes the readers, then its own connection: SQLite copies the whole
    // log to the file when the last connection closes.
    ~SqliteCommitQueue();
    SqliteCommitQueue(SqliteCommitQueue const&) = delete;
    SqliteCommitQueue& operator=(SqliteCommitQueue const&) = delete;

    // As Store::submit().
    void submit(Store::WriteBody body, Store::Done done);
    // As Store::healthy(). While the disk refuses writes, a call also makes the writer try again.
    [[nodiscard]] Result<void> healthy();
    // As Store::on_commit(). Must be called before the first submit().
    void on_commit(Touched what, std::function<void()> listener);
    // As Store::on_audit(). Must be called before the first submit().
    void on_audit(std::function<void(AuditEntry const&)> listener);
    [[nodiscard]] StoreCounts counts() const;

private:
    enum class Health : std::uint8_t { well, refusing, finished };

    void run();
    void run_batch();
    // Runs the jobs from `first` on in one transaction, without savepoints. Answers the index after
    // the last job that has a result: the end of the batch, or an earlier one when the transaction
    // was rolled back.
    std::size_t run_without_savepoints(std::size_t first);
    // The same with a savepoint for each job.
    std::size_t run_with_savepoints(std::size_t first);
    void run(Job& job);
    void run_in_savepoint(Job& job);
    bool begin(std::size_t first);
    std::size_t lose(std::size_t first, std::size_t failed);
    void roll_back();
    void commit(std::size_t first, std::size_t end);
    void refuse(std::size_t first, std::size_t end, Error const& why);
    void note_health(Result<void> const& outcome, bool reached_disk);
    [[nodiscard]] Result<void> refusal() const;
    void checkpoint_if_due();

    SqliteOptions const options_;
    std::shared_ptr<Generations> generations_;
    std::unique_ptr<SqliteConnection> connection_;
    std::shared_ptr<SqliteReaders> readers_;
    CommitListeners listeners_;
    JobQueue queue_;
    std::atomic<bool> probing_{false};  // A probe is queued.

    std::vector<Job> batch_;  // Used by the writing thread only.
    std::int64_t checkpoint_at_;

    std::atomic<Health> health_{Health::well};
    mutable std::mutex reason_mutex_;
    std::string reason_;
    std::string told_;  // The beginning of reason_, without what the library says.

    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> committed_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> checkpoints_{0};
    std::atomic<std::uint64_t> log_bytes_{0};

    std::thread thread_;  // Last member: it uses all of the above.
};

}  // namespace updraft::sqlstore
