#include "sqlstore/sqlite/commit_queue.h"

#include <utility>

#include "sqlstore/tables/sequences.h"

namespace updraft::sqlstore {
namespace {

// The log is copied to the database file (checkpoint) when it has this many pages: enough that a
// page that is written often is copied once, few enough that opening after a crash is fast.
constexpr std::int64_t log_pages_before_checkpoint = 4'000;
// When readers still need a part of the log, the checkpoint is tried again after this many more
// pages.
constexpr std::int64_t log_pages_between_checkpoints = 1'000;
constexpr std::uint64_t page_bytes = 4'096;

}  // namespace

SqliteCommitQueue::SqliteCommitQueue(std::unique_ptr<SqliteSession> session,
                                     std::shared_ptr<Generations> generations,
                                     std::shared_ptr<SqliteReaders> readers, SqliteOptions options)
    : options_(std::move(options)),
      generations_(std::move(generations)),
      connection_(std::make_unique<SqliteConnection>(std::move(session), *generations_)),
      readers_(std::move(readers)),
      queue_({.queue_max = options_.queue_max, .batch_max = options_.batch_max, .threads = 1}),
      checkpoint_at_(log_pages_before_checkpoint),
      thread_([this] { run(); }) {}

SqliteCommitQueue::~SqliteCommitQueue() {
    queue_.close();
    thread_.join();
}

void SqliteCommitQueue::submit(Store::WriteBody body, Store::Done done) {
    queue_.submit(std::move(body), std::move(done));
}

void SqliteCommitQueue::on_commit(Touched what, std::function<void()> listener) {
    listeners_.set(what, std::move(listener));
}

void SqliteCommitQueue::on_audit(std::function<void(AuditEntry const&)> listener) {
    listeners_.set_audit(std::move(listener));
}

StoreCounts SqliteCommitQueue::counts() const {
    StoreCounts counts;
    counts.commits = commits_;
    counts.committed = committed_;
    counts.refused = refused_;
    counts.waiting = queue_.waiting();
    counts.checkpoints = checkpoints_;
    counts.write_ahead_bytes = log_bytes_;
    return counts;
}

Result<void> SqliteCommitQueue::healthy() {
    auto const state = refusal();
    if (state || health_ == Health::finished) return state;
    if (probing_.exchange(true)) return state;
    queue_.submit_probe([this](Result<void> const&) { probing_ = false; });
    return state;
}

Result<void> SqliteCommitQueue::refusal() const {
    if (health_ == Health::well) return {};
    std::scoped_lock const lock(reason_mutex_);
    return fail(Errc::unavailable, reason_, told_);
}

void SqliteCommitQueue::run() {
    while (queue_.take(batch_)) {
        run_batch();
        batch_.clear();
        checkpoint_if_due();
    }
}

void SqliteCommitQueue::run_batch() {
    std::size_t first = 0;
    while (first < batch_.size()) {
        if (health_ == Health::finished) {
            refuse(first, batch_.size(), refusal().error());
            first = batch_.size();
        } else {
            first = run_without_savepoints(first);
        }
    }
    for (auto& job : batch_) job.done(std::move(job.result));
}

bool SqliteCommitQueue::begin(std::size_t first) {
    connection_->caches.begin();
    auto const begun = connection_->session->control(sqlite_dialect.begin_write);
    if (begun) return true;
    note_health(begun, false);
    refuse(first, batch_.size(), begun.error());
    return false;
}

void SqliteCommitQueue::roll_back() {
    auto& session = *connection_->session;
    if (session.in_transaction()) static_cast<void>(session.control(sqlite_dialect.rollback));
}

// A savepoint copies every page that is changed after it, which is a quarter of the cost of a job,
// and few jobs fail after they have written. So jobs run without savepoints first. When one fails
// after it has written, all of them run a second time, with savepoints: a body may run more than
// once (ports/store.h).
std::size_t SqliteCommitQueue::run_without_savepoints(std::size_t first) {
    auto& session = *connection_->session;
    if (!begin(first)) return batch_.size();
    auto const changes_at_begin = session.changes();
    for (auto i = first; i < batch_.size(); ++i) {
        auto const changes_before = session.changes();
        run(batch_[i]);
        if (!session.in_transaction()) return lose(first, i);
        if (batch_[i].result || session.changes() == changes_before) continue;
        roll_back();
        // No earlier job of this transaction has written, so the roll-back has undone this job
        // only.
        if (changes_before == changes_at_begin) return i + 1;
        return run_with_savepoints(first);
    }
    commit(first, batch_.size());
    return batch_.size();
}

std::size_t SqliteCommitQueue::run_with_savepoints(std::size_t first) {
    auto& session = *connection_->session;
    if (!begin(first)) return batch_.size();
    for (auto i = first; i < batch_.size(); ++i) {
        run_in_savepoint(batch_[i]);
        if (!session.in_transaction()) return lose(first, i);
    }
    commit(first, batch_.size());
    return batch_.size();
}

// The disk failed: all jobs of this transaction fail.
std::size_t SqliteCommitQueue::lose(std::size_t first, std::size_t failed) {
    auto const& result = batch_[failed].result;
    auto const why = result ? Error{Errc::unavailable, "the disk refused a write"} : result.error();
    note_health(tl::unexpected<Error>(why), false);
    refuse(first, failed + 1, why);
    return failed + 1;
}

void SqliteCommitQueue::run(Job& job) {
    auto& session = *connection_->session;
    if (job.body) return run_job(job, session, connection_->rows.tables());
    auto const probed = take_numbers(session, "probes");
    finish_job(job, session, probed ? Result<void>() : tl::unexpected<Error>(probed.error()));
}

void SqliteCommitQueue::run_in_savepoint(Job& job) {
    auto& session = *connection_->session;
    session.savepoint_before_write();
    run(job);
    auto ended = session.end_savepoint(job.result.has_value());
    if (ended || !session.in_transaction()) return;
    // The changes of this job can neither be kept nor undone separately: the whole transaction is
    // rolled back.
    job.result = std::move(ended);
    roll_back();
}

void SqliteCommitQueue::commit(std::size_t first, std::size_t end) {
    auto& session = *connection_->session;
    auto const commits_before = session.log_commits();
    auto const committed = session.control(sqlite_dialect.commit);
    auto const reached_disk = session.log_commits() != commits_before;
    note_health(committed, reached_disk);
    if (!committed) {
        roll_back();
        refuse(first, end, committed.error());
        return;
    }
    commits_ += reached_disk ? 1 : 0;
    log_bytes_ = static_cast<std::uint64_t>(session.log_pages()) * page_bytes;
    std::uint64_t kept = 0;
    std::uint32_t touched = 0;
    for (auto i = first; i < end; ++i) {
        kept += batch_[i].result ? 1 : 0;
        touched |= batch_[i].touched;
    }
    committed_ += kept;
    if (reached_disk) generations_->count_commit();
    for (std::size_t i = 0; i < cached_kinds; ++i) {
        auto const kind = static_cast<Cached>(i);
        if ((touched & touched_bit(kind)) != 0) generations_->bump(kind);
    }
    listeners_.tell(touched);
    for (auto i = first; i < end; ++i) listeners_.tell_audit(batch_[i].audited);
}

// A job that failed for another reason keeps its own error.
void SqliteCommitQueue::refuse(std::size_t first, std::size_t end, Error const& why) {
    for (auto i = first; i < end; ++i) {
        auto& job = batch_[i];
        job.touched = 0;
        job.audited.clear();
        if (!job.result && job.body && job.result.error().code != Errc::unavailable) continue;
        job.result = fail(Errc::unavailable, why.detail);
        ++refused_;
    }
}

void SqliteCommitQueue::note_health(Result<void> const& outcome, bool reached_disk) {
    auto const trouble = connection_->session->take_trouble();
    if (outcome && trouble != SqliteTrouble::lasting) {
        if (reached_disk && health_ == Health::refusing) health_ = Health::well;
        return;
    }
    std::scoped_lock const lock(reason_mutex_);
    if (trouble == SqliteTrouble::lasting) {
        told_ = "a sync of the database to disk failed; no write is taken until a restart";
        health_ = Health::finished;
    } else {
        told_ = "the store takes no writes now";
        health_ = Health::refusing;
        // The log itself may fill the disk: a checkpoint frees its space.
        checkpoint_at_ = 0;
    }
    reason_ = outcome ? told_ : told_ + ": " + outcome.error().detail;
}

void SqliteCommitQueue::checkpoint_if_due() {
    auto& session = *connection_->session;
    if (session.log_pages() < checkpoint_at_ || health_ == Health::finished) return;
    readers_->end_idle_snapshots();
    auto const emptied = session.checkpoint();
    // A failed checkpoint loses nothing, even when its sync fails: everything is still in the log,
    // which is synced, and the next checkpoint copies it.
    static_cast<void>(session.take_trouble());
    checkpoints_ += emptied ? 1 : 0;
    checkpoint_at_ = emptied && *emptied ? log_pages_before_checkpoint
                                         : session.log_pages() + log_pages_between_checkpoints;
}

}  // namespace updraft::sqlstore
