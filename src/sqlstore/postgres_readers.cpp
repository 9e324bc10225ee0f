#include "sqlstore/postgres_readers.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace updraft::sqlstore {
namespace {

// As many share a snapshot at most: each waits until all of them were looked at.
constexpr std::size_t batch_max = 16;
// The end of a snapshot travels with what begins next. When nothing comes for so long, it is told
// by itself.
constexpr std::chrono::milliseconds snapshot_kept{2};

}  // namespace

// A connection that goes back in every way that the reading ends. As many are made as threads of
// this instance read at the same time, which is a handful.
class PostgresReaders::Lent {
public:
    explicit Lent(PostgresReaders& from) : from_(from) {
        std::scoped_lock const lock(from_.lending_mutex_);
        if (from_.idle_.empty()) {
            reading_ = std::make_unique<PostgresReading>(from_.reach_);
        } else {
            reading_ = std::move(from_.idle_.back());
            from_.idle_.pop_back();
        }
    }
    ~Lent() {
        reading_->hush();
        std::scoped_lock const lock(from_.lending_mutex_);
        from_.idle_.push_back(std::move(reading_));
    }
    Lent(Lent const&) = delete;
    Lent& operator=(Lent const&) = delete;

    PostgresReading& reading() { return *reading_; }

private:
    PostgresReaders& from_;
    std::unique_ptr<PostgresReading> reading_;
};

PostgresReaders::PostgresReaders(PostgresReach& reach, PostgresOptions const& options)
    : reach_(reach), queue_max_(options.queue_max) {
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
    for (auto& thread : threads_) thread.join();
}

Result<void> PostgresReaders::read(Store::ReadBody const& body) {
    Lent lent(*this);
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
    PostgresQuestion only{guarded, [&](Result<void> answer) { result = std::move(answer); }};
    lent.reading().answer(std::span(&only, 1));
    // Whoever waits for the answer hears of a bug as from a body of his own.
    if (thrown) std::rethrow_exception(thrown);
    return result;
}

void PostgresReaders::submit(Store::ReadBody body, Store::Done done) {
    {
        std::unique_lock lock(mutex_);
        if (queue_.size() < queue_max_) {
            queue_.push_back({std::move(body), std::move(done)});
            lock.unlock();
            work_.notify_one();
            return;
        }
    }
    done(fail(Errc::busy, "too many questions wait for the database"));
}

// What waits is shared out among those who have nothing to do.
std::vector<PostgresQuestion> PostgresReaders::take(PostgresReading& reading) {
    std::unique_lock lock(mutex_);
    auto const has_news = [this] { return !queue_.empty() || closing_; };
    ++idle_threads_;
    if (!work_.wait_for(lock, snapshot_kept, has_news)) {
        lock.unlock();
        reading.hush();
        lock.lock();
    }
    work_.wait(lock, has_news);
    auto const share = (queue_.size() + idle_threads_ - 1) / idle_threads_;
    --idle_threads_;
    auto const end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(share, batch_max));
    std::vector<PostgresQuestion> taken(std::make_move_iterator(queue_.begin()),
                                        std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return taken;
}

void PostgresReaders::run() {
    PostgresReading reading(reach_);
    for (auto taken = take(reading); !taken.empty(); taken = take(reading)) reading.answer(taken);
}

}  // namespace updraft::sqlstore
