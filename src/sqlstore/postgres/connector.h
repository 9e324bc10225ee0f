// Opens connections to the database, and checks whether the database can be reached.
//
// Lives here: connecting, refusing at once while the database cannot be reached, and noticing when
//             that changes.
// Not here:   the use of connections (postgres/connection_slot), transactions.
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
    read,  // Queries of one batch see one snapshot, and nothing is written.
};

// Safe to call from any thread.
class PostgresConnector {
public:
    explicit PostgresConnector(PostgresOptions options);
    ~PostgresConnector();
    PostgresConnector(PostgresConnector const&) = delete;
    PostgresConnector& operator=(PostgresConnector const&) = delete;

    // A new connection. While the database cannot be reached, Errc::unavailable at once: only the
    // thread of this object tries to connect.
    [[nodiscard]] Result<std::unique_ptr<PostgresSession>> connect(Purpose purpose);
    // Errc::unavailable, with the reason, while the database cannot be reached.
    [[nodiscard]] Result<void> state() const;

    // Counts an attempt that must be repeated, and waits before the next one. The pause grows with
    // `attempt` (from 0) and differs between threads; there is none after the first attempts.
    void pause_after(int attempt);
    // The number of repeated attempts so far.
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
    std::thread watch_;  // Last member: it uses all of the above.
};

}  // namespace updraft::sqlstore
