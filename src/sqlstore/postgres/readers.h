// Reading: threads for whoever must not wait, and connections for whoever may.
//
// Lives here: their queue, and lending a connection.
// Not here:   carrying reads out (postgres_read).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sqlstore/postgres/read.h"

namespace updraft::sqlstore {

// Safe to call from any thread.
class PostgresReaders {
public:
    PostgresReaders(PostgresReach& reach, PostgresOptions const& options);
    // Runs what is queued first.
    ~PostgresReaders();
    PostgresReaders(PostgresReaders const&) = delete;
    PostgresReaders& operator=(PostgresReaders const&) = delete;

    // As Store::read(): on this thread, with a connection that is lent to it.
    [[nodiscard]] Result<void> read(Store::ReadBody const& body);
    // As Store::submit_read(). When the queue is full, `done` hears so at once, on this thread.
    void submit(Store::ReadBody body, Store::Done done);

private:
    class Lent;

    void run();
    [[nodiscard]] bool is_wanted() const;
    void await_work(std::unique_lock<std::mutex>& lock);
    // Empty when there is nothing left to do ever.
    [[nodiscard]] std::vector<PostgresQuestion> take(PostgresReading& reading);

    PostgresReach& reach_;
    std::size_t const queue_max_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable rested_;
    std::deque<PostgresQuestion> queue_;
    std::size_t busy_ = 0;     // Threads that have taken something.
    std::uint64_t taken_ = 0;  // How often anybody took something.
    std::size_t resting_ = 0;  // Threads that have just finished, and wait for more.
    bool looking_on_ = false;  // A thread waits whether those that are busy come back.
    bool closing_ = false;

    std::mutex lending_mutex_;
    std::vector<std::unique_ptr<PostgresReading>> idle_;

    std::vector<std::thread> threads_;  // Last: they use all of the above.
};

}  // namespace updraft::sqlstore
