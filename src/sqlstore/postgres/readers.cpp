#include "sqlstore/postgres/readers.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace updraft::sqlstore {
namespace {

// Limit of reads that share a snapshot, because each of them waits for the queries of all.
constexpr std::size_t batch_max = 32;
// Queue length from which another thread is used.
constexpr std::size_t long_queue = 32;
// When a batch takes longer than this, another thread is used, because the batch may contain a slow
// query.
constexpr std::chrono::milliseconds batch_time_max{1};
// The end of a snapshot is sent together with the begin of the next one, or alone after this time.
constexpr std::chrono::milliseconds snapshot_kept{2};

}  // namespace

// A lent connection, returned by the destructor. There are as many as threads of this instance that
// read at the same time, which are few.
class PostgresReaders::Borrowed {
public:
    explicit Borrowed(PostgresReaders& from) : from_(from) {
        std::scoped_lock const lock(from_.lending_mutex_);
        if (from_.idle_.empty()) {
            runner_ = std::make_unique<PostgresReadRunner>(from_.connector_);
        } else {
            runner_ = std::move(from_.idle_.back());
            from_.idle_.pop_back();
        }
    }
    ~Borrowed() {
        runner_->end_snapshot();
        std::scoped_lock const lock(from_.lending_mutex_);
        from_.idle_.push_back(std::move(runner_));
    }
    Borrowed(Borrowed const&) = delete;
    Borrowed& operator=(Borrowed const&) = delete;

    PostgresReadRunner& runner() { return *runner_; }

private:
    PostgresReaders& from_;
    std::unique_ptr<PostgresReadRunner> runner_;
};

PostgresReaders::PostgresReaders(PostgresConnector& connector, PostgresOptions const& options)
    : connector_(connector), queue_max_(options.queue_max) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.readers); ++i) {
        threads_.emplace_back([this] { run(); });
    }
}

PostgresReaders::~PostgresReaders() {
    {
        std::scoped_lock const lock(mutex_);
        closing_ = true;
    }
    work_.notify_all();
    lingering_work_.notify_all();
    for (auto& thread : threads_) thread.join();
}

Result<void> PostgresReaders::read(Store::ReadBody const& body) {
    Borrowed borrowed(*this);
    Result<void> result;
    std::exception_ptr thrown;
    auto const guarded = [&](Tx const& tx) -> Result<void> {
        try {
            return body(tx);
        } catch (...) {
            thrown = std::current_exception();
            return fail(Errc::internal, "a read threw");
        }
    };
    PostgresReadJob only{guarded, [&](Result<void> answer) { result = std::move(answer); }};
    borrowed.runner().answer(std::span(&only, 1));
    // The exception reaches the caller, as if it had called the body directly.
    if (thrown) std::rethrow_exception(thrown);
    return result;
}

// One thread that takes all waiting reads is cheaper than many threads that take one each: every
// batch wakes up a process on the server and a thread here. So another thread is used only when the
// queue is long, or when the busy threads take too long; one idle thread watches for that.
bool PostgresReaders::is_wanted() const {
    return closing_ || (!queue_.empty() && (busy_ == 0 || queue_.size() >= long_queue));
}

void PostgresReaders::submit(Store::ReadBody body, Store::Done done) {
    {
        std::unique_lock lock(mutex_);
        if (queue_.size() < queue_max_) {
            queue_.push_back({std::move(body), std::move(done)});
            auto const wanted = is_wanted();
            auto const wake = wanted || !watching_;
            auto& whom = wanted && lingering_ > 0 ? lingering_work_ : work_;
            lock.unlock();
            if (wake) whom.notify_one();
            return;
        }
    }
    done(fail(Errc::busy, "too many reads wait for the database"));
}

// Waits until this thread is needed. One idle thread watches while others are busy.
void PostgresReaders::await_work(std::unique_lock<std::mutex>& lock) {
    while (!is_wanted()) {
        if (watching_ || (queue_.empty() && busy_ == 0)) {
            work_.wait(lock);
            continue;
        }
        watching_ = true;
        auto const taken = taken_;
        auto const wanted = work_.wait_for(lock, batch_time_max, [this] { return is_wanted(); });
        watching_ = false;
        if (!wanted && taken == taken_ && !queue_.empty()) return;
    }
}

// Waits for reads. Empty when the object is being destroyed and the queue is empty.
std::vector<PostgresReadJob> PostgresReaders::take(PostgresReadRunner& runner) {
    std::unique_lock lock(mutex_);
    if (queue_.empty()) {
        // The thread that has just finished gets the next reads, so that the end of its snapshot is
        // sent together with the next begin.
        ++lingering_;
        auto const wanted =
            lingering_work_.wait_for(lock, snapshot_kept, [this] { return is_wanted(); });
        --lingering_;
        if (!wanted) {
            lock.unlock();
            runner.end_snapshot();
            lock.lock();
            await_work(lock);
        }
    }
    auto const end =
        queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_max));
    std::vector<PostgresReadJob> taken(std::make_move_iterator(queue_.begin()),
                                       std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    ++taken_;
    ++busy_;
    return taken;
}

void PostgresReaders::run() {
    PostgresReadRunner runner(connector_);
    for (auto taken = take(runner); !taken.empty(); taken = take(runner)) {
        runner.answer(taken);
        std::scoped_lock const lock(mutex_);
        --busy_;
    }
}

}  // namespace updraft::sqlstore
