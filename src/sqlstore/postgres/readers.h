// Reads for callers on any thread: on threads of its own for callers that must not block, and on
// lent connections for callers that may.
//
// Lives here: the queue of reads, its threads, and lending connections.
// Not here:   running the reads (postgres/read_runner).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sqlstore/postgres/read_runner.h"

namespace updraft::sqlstore {

// Safe to call from any thread.
class PostgresReaders {
public:
    PostgresReaders(PostgresConnector& connector, PostgresOptions const& options);
    // Runs the queued reads first.
    ~PostgresReaders();
    PostgresReaders(PostgresReaders const&) = delete;
    PostgresReaders& operator=(PostgresReaders const&) = delete;

    // As Store::read(): on the calling thread, with a lent connection.
    [[nodiscard]] Result<void> read(Store::ReadBody const& body);
    // As Store::submit_read(). When the queue is full, calls `done` with Errc::busy at once, on
    // this thread.
    void submit(Store::ReadBody body, Store::Done done);

private:
    class Borrowed;

    void run();
    [[nodiscard]] bool is_wanted() const;
    void await_work(std::unique_lock<std::mutex>& lock);
    // Waits for reads. Empty when the object is being destroyed and the queue is empty.
    [[nodiscard]] std::vector<PostgresReadJob> take(PostgresReadRunner& runner);

    PostgresConnector& connector_;
    std::size_t const queue_max_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable lingering_work_;
    std::deque<PostgresReadJob> queue_;
    std::size_t busy_ = 0;       // Threads that run the reads that they took.
    std::uint64_t taken_ = 0;    // How often a thread took reads.
    std::size_t lingering_ = 0;  // Threads that have just finished and wait for more.
    bool watching_ = false;      // One idle thread watches the time of the busy ones.
    bool closing_ = false;

    std::mutex lending_mutex_;
    std::vector<std::unique_ptr<PostgresReadRunner>> idle_;

    std::vector<std::thread> threads_;  // Last member: they use all of the above.
};

}  // namespace updraft::sqlstore
