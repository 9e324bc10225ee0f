// Whether the database can be reached.
//
// Lives here: opening connections, refusing at once while there is none to be had, and noticing
//             when that changes.
// Not here:   who uses connections (postgres_seat), transactions.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "sqlstore/postgres/session.h"

namespace updraft::sqlstore {

// What a connection is for.
enum class Purpose : std::uint8_t {
    write,
    read,  // Everything between two ends is on one snapshot, and nothing is written.
};

// Safe to call from any thread.
class PostgresReach {
public:
    explicit PostgresReach(PostgresOptions options);
    ~PostgresReach();
    PostgresReach(PostgresReach const&) = delete;
    PostgresReach& operator=(PostgresReach const&) = delete;

    // A new connection. While the database is away, Errc::unavailable at once: only the thread of
    // this object keeps trying.
    [[nodiscard]] Result<std::unique_ptr<PostgresSession>> connect(Purpose purpose);
    // Errc::unavailable, with the reason, while the database is away.
    [[nodiscard]] Result<void> state() const;

    // Counts a run that was for nothing, and lets others get out of the way: the longer, the more
    // often they were in it.
    void pause_after(int attempt);
    [[nodiscard]] std::uint64_t repeated() const { return repeated_; }

private:
    void watch();
    void note(Result<void> const& reached);

    PostgresOptions const options_;
    std::atomic<bool> away_{false};
    std::atomic<std::uint64_t> repeated_{0};
    mutable std::mutex reason_mutex_;
    std::string reason_;

    std::mutex closing_mutex_;
    std::condition_variable closes_;
    bool closing_ = false;
    std::thread watch_;  // Last: it uses all of the above.
};

}  // namespace updraft::sqlstore
