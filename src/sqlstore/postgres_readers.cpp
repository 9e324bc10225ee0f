#include "sqlstore/postgres_readers.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace updraft::sqlstore {
namespace {

Result<void> read_safely(PostgresSeat& seat, Store::ReadBody const& body) {
    try {
        return seat.read(body);
    } catch (std::exception const& thrown) {
        return fail(Errc::internal, std::string("a read threw: ") + thrown.what());
    } catch (...) {
        return fail(Errc::internal, "a read threw something");
    }
}

}  // namespace

// A seat that goes back in every way that the reading ends. As many are made as threads of this
// instance read at the same time, which is a handful.
class PostgresReaders::Lent {
public:
    explicit Lent(PostgresReaders& from) : from_(from) {
        std::scoped_lock const lock(from_.lending_mutex_);
        if (from_.idle_.empty()) {
            seat_ = std::make_unique<PostgresSeat>(from_.reach_);
        } else {
            seat_ = std::move(from_.idle_.back());
            from_.idle_.pop_back();
        }
    }
    ~Lent() {
        seat_->hush();
        std::scoped_lock const lock(from_.lending_mutex_);
        from_.idle_.push_back(std::move(seat_));
    }
    Lent(Lent const&) = delete;
    Lent& operator=(Lent const&) = delete;

    PostgresSeat& seat() { return *seat_; }

private:
    PostgresReaders& from_;
    std::unique_ptr<PostgresSeat> seat_;
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
    return lent.seat().read(body);
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

// False when there is nothing left to do ever.
bool PostgresReaders::take(PostgresSeat& seat, Question& question) {
    std::unique_lock lock(mutex_);
    if (queue_.empty()) {
        // Nothing follows at once: then the server need not keep the snapshot.
        lock.unlock();
        seat.hush();
        lock.lock();
    }
    work_.wait(lock, [this] { return !queue_.empty() || closing_; });
    if (queue_.empty()) return false;
    question = std::move(queue_.front());
    queue_.pop_front();
    return true;
}

void PostgresReaders::run() {
    PostgresSeat seat(reach_);
    Question question;
    while (take(seat, question)) {
        auto answer = read_safely(seat, question.body);
        question.done(std::move(answer));
    }
}

}  // namespace updraft::sqlstore
