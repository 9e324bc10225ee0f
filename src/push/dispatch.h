// Sending what the outbox holds: the one place from which apps are told anything.
//
// Lives here: choosing what goes next, keeping each lane in order, verifying URLs, waking up.
// Not here:   which failure means what (backoff.h, receiver.h), how it is recorded (record.h), HTTP
//             (ports/http_client.h).
//
// What is being sent is remembered in memory and nowhere else: a crash between a post and its
// record sends the message again, with the same id. Where instances share a store, each app is told
// by one of them at a time (leases.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "ports/clock.h"
#include "ports/http_client.h"
#include "ports/id_source.h"
#include "ports/outbox_table.h"
#include "ports/store.h"
#include "push/leases.h"
#include "push/posting.h"
#include "push/record.h"

namespace updraft::push {

// Configuration [push].
struct DispatchSettings {
    RetryRules retry;
    ReceiverRules receivers;
    Millis timeout = std::chrono::seconds{10};
    Millis progress_interval = std::chrono::seconds{3};
    std::int64_t in_flight_per_app_max = 32;
    std::int64_t in_flight_max = 4096;  // Of all apps together: sockets.
};

// What an operator's verification found.
struct Verdict {
    bool verified = false;
    std::string detail;  // Why not.
};

// Posts of one app that were answered: acknowledged, or not.
struct AppCounts {
    std::uint64_t arrived = 0;
    std::uint64_t failed = 0;
};

// Since the start. For /metrics.
struct DispatchCounts {
    // More apps than these are counted together, under no name: labels are not for nothing.
    static constexpr std::size_t named_apps_max = 1'000;

    std::uint64_t posted = 0;
    std::uint64_t arrived = 0;
    std::uint64_t failed = 0;
    std::map<AppId, AppCounts> by_app;
    std::uint64_t verifications = 0;
    std::uint64_t unrecorded = 0;  // Times that outcomes could not be stored, and were kept.
    std::int64_t in_flight = 0;
};

class Dispatch {
public:
    using VerifyDone = std::function<void(Result<Verdict>)>;

    // The references outlive it. Must be made before the store's first transaction.
    Dispatch(Store& store, HttpClient& http_client, Clock const& clock, IdSource& id_source,
             Opener open, DispatchSettings settings);
    // stop(), without patience, when nobody called it.
    ~Dispatch();
    Dispatch(Dispatch const&) = delete;
    Dispatch& operator=(Dispatch const&) = delete;

    // Works on a thread of its own until stop(). Called at most once.
    void start();
    // Begins nothing new, waits at most `patience` for what is in flight, and records it. What is
    // still unanswered then will be sent again by the next start. From any thread; twice is once.
    void stop(Millis patience);

    // Verifies the app's URL at once, suspended or not (P12). `done` runs once, on a thread of this
    // object or of the store, and must not block: Errc::not_found, Errc::conflict without a URL,
    // Errc::unavailable while stopping. From any thread.
    void verify_now(AppId appid, VerifyDone done);

    [[nodiscard]] DispatchCounts counts() const;

    // One turn: takes what came in, records it, sends what is due. Answers when the next turn is
    // due, should nothing come in before. This is what the thread runs; tests run it themselves.
    Instant turn();

private:
    struct Inbox;
    struct Flight;
    struct Line;
    struct Look;
    struct Check;
    using Batch = std::shared_ptr<std::vector<Ended>>;

    void run();
    void take_recorded(Result<void> const& recorded, Batch batch, Instant now);
    void take_tended(Result<bool> const& tended, Instant now);
    void settle(Flight flight, Receipt receipt, Instant now);
    void settle_check(Check check, Receipt receipt, Instant now);
    void count(AppId const& appid, bool arrived);
    void release(std::vector<Ended> const& batch);
    void flush(Instant now);
    void look(Instant now);
    [[nodiscard]] Result<std::set<std::string>> claim(Instant now);
    [[nodiscard]] bool may_tend(Instant now);
    void look_at(Tx const& tx, AppId const& appid, Look& found) const;
    void send(Look& found, Instant now);
    void post(std::shared_ptr<access::App const> const& app, DueMessage message, Instant now);
    void check(AppId const& appid, Occasion occasion, VerifyDone done, Instant now);
    void housekeep(Instant now);
    [[nodiscard]] Line& line(AppId const& appid);
    [[nodiscard]] bool idle() const;

    Store& store_;
    HttpClient& http_client_;
    Clock const& clock_;
    IdSource& id_source_;
    Opener open_;
    DispatchSettings settings_;
    std::shared_ptr<Inbox> inbox_;  // Shared with callbacks, which may come late.

    // Touched by turn() alone.
    std::optional<Leases> leases_;  // On a shared store.
    std::map<AppId, Line> lines_;
    std::deque<Ended> unrecorded_;
    bool recording_ = false;
    bool store_refuses_ = false;
    bool look_again_ = true;
    bool tending_ = false;
    Instant record_after_;
    Instant look_at_;
    Instant tend_at_;

    mutable std::mutex counting_;                                // Guards by_app_.
    std::map<AppId, AppCounts> by_app_{{AppId{}, AppCounts{}}};  // With those without a name.
    std::atomic<std::uint64_t> posted_{0};
    std::atomic<std::uint64_t> arrived_{0};
    std::atomic<std::uint64_t> failed_{0};
    std::atomic<std::uint64_t> verifications_{0};
    std::atomic<std::uint64_t> record_failures_{0};
    std::atomic<std::int64_t> in_flight_{0};

    std::thread thread_;
};

}  // namespace updraft::push
