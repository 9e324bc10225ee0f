// Opens connections to the database, and knows whether it can be reached.
//
// Lives here: connecting, refusing at once while the database is away, and noticing when that
//             changes.
// Not here:   who uses connections (postgres/connection_slot), transactions.
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
    read,  // Commands that are sent together see one snapshot, and nothing is written.
};

// Safe to call from any thread.
class PostgresConnector {
public:
    explicit PostgresConnector(PostgresOptions options);
    ~PostgresConnector();
    PostgresConnector(PostgresConnector const&) = delete;
    PostgresConnector& operator=(PostgresConnector const&) = delete;

    // A new connection. While the database is away, Errc::unavailable at once: only the thread of
    // this object keeps trying.
    [[nodiscard]] Result<std::unique_ptr<PostgresSession>> connect(Purpose purpose);
    // Errc::unavailable, with the reason, while the database is away.
    [[nodiscard]] Result<void> state() const;

    // Counts an attempt that has to be repeated because of other transactions, and waits a random
    // time before the next one; longer after more attempts.
    void pause_after(int attempt);
    // Attempts that were repeated so far.
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
