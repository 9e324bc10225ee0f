// Whether the database can be reached, and what only one connection of an instance does.
//
// Lives here: opening connections, refusing at once while there is none to be had, noticing when
//             that changes, and handing out numbers apart from transactions.
// Not here:   who uses connections (postgres_seat), transactions.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sqlstore/postgres_session.h"

namespace updraft::sqlstore {

// What a connection is for.
enum class Purpose : std::uint8_t {
    write,
    read,  // Everything between two ends is on one snapshot, and nothing is written.
};

// Safe to call from any thread.
class PostgresReach final : public NumberSource {
public:
    explicit PostgresReach(PostgresOptions options);
    ~PostgresReach() override;
    PostgresReach(PostgresReach const&) = delete;
    PostgresReach& operator=(PostgresReach const&) = delete;

    // A new connection. While the database is away, Errc::unavailable at once: only the thread of
    // this object keeps trying.
    [[nodiscard]] Result<std::unique_ptr<PostgresSession>> connect(Purpose purpose);
    // Errc::unavailable, with the reason, while the database is away.
    [[nodiscard]] Result<void> state() const;

    // Numbers are taken by statements of their own, so that two orders never wait for each other;
    // whoever comes while one is under way shares the next with all others who do.
    // Their commits need not be durable: that of the transaction which uses a number comes later,
    // and makes both so.
    [[nodiscard]] Result<std::int64_t> take(std::string_view sequence, std::int64_t count) override;

    // Counts a run that was for nothing, and lets others get out of the way: the longer, the more
    // often they were in it.
    void pause_after(int attempt);
    [[nodiscard]] std::uint64_t repeated() const { return repeated_; }

private:
    struct Wish;

    void watch();
    void serve(std::vector<Wish*> const& wishes);
    void note(Result<void> const& reached);
    [[nodiscard]] Result<std::int64_t> take_once(std::string_view sequence, std::int64_t count);

    PostgresOptions const options_;
    std::atomic<bool> away_{false};
    std::atomic<std::uint64_t> repeated_{0};
    mutable std::mutex reason_mutex_;
    std::string reason_;

    std::mutex numbers_mutex_;
    std::condition_variable numbers_given_;
    std::vector<Wish*> wishes_;
    bool giving_ = false;  // Somebody has what follows to himself.
    std::unique_ptr<PostgresSession> numbers_session_;

    std::mutex closing_mutex_;
    std::condition_variable closes_;
    bool closing_ = false;
    std::thread watch_;  // Last: it uses all of the above.
};

}  // namespace updraft::sqlstore
