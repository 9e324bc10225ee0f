// Sends the messages of the outbox to the apps, and verifies push URLs.
//
// Lives here: choosing what is sent next, the order within an (app, did, stream), the thread that
//             does it.
//
// Not here:   what follows from a failure (push/backoff.h, push/receiver.h), recording it
//             (push/record.h), HTTP (ports/http_client.h).
//
// Which messages are being sent is known in memory only: after a crash between a post and its
// record the message is sent again, with the same id. Where instances share a store, only one of
// them at a time sends to an app (leases/leases.h).
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
#include <string_view>
#include <thread>
#include <vector>

#include "access/actor.h"
#include "leases/leases.h"
#include "ports/clock.h"
#include "ports/http_client.h"
#include "ports/id_source.h"
#include "ports/outbox_table.h"
#include "ports/store.h"
#include "push/posting.h"
#include "push/record.h"

namespace updraft::push {

// The settings in [push].
struct DispatchSettings {
    RetryRules retry;
    ReceiverRules receivers;
    Millis timeout = std::chrono::seconds{10};
    Millis progress_interval = std::chrono::seconds{3};
    std::int64_t in_flight_per_app_max = 32;
    std::int64_t in_flight_max = 4096;  // Of all apps together; each post needs a socket.
    // Called for each post without a complete answer, with what the library said, for the log. May
    // be empty; must not block. `webhook_id` is empty for a verification.
    std::function<void(AppId const& appid, std::string_view webhook_id, std::string_view what)>
        trouble{};
};

// The outcome of a verification that an operator asked for.
struct Verdict {
    bool verified = false;
    std::string detail;  // Why not.
};

// The number of ended posts to one app.
struct AppCounts {
    std::uint64_t arrived = 0;  // Acknowledged.
    std::uint64_t failed = 0;
};

// Since the start. For /metrics.
struct DispatchCounts {
    // Further apps are counted together under an empty id: each label of a metric costs memory.
    static constexpr std::size_t named_apps_max = 1'000;

    std::uint64_t posted = 0;
    std::uint64_t arrived = 0;
    std::uint64_t failed = 0;
    std::map<AppId, AppCounts> by_app;
    std::uint64_t verifications = 0;
    std::uint64_t unrecorded = 0;  // How often the store refused outcomes; each is tried again.
    std::int64_t in_flight = 0;
};

class Dispatch {
public:
    using VerifyDone = std::function<void(Result<Verdict>)>;

    // The references outlive it. Constructed before the store's first transaction.
    Dispatch(Store& store, HttpClient& http_client, Clock const& clock, IdSource& id_source,
             Opener open, RemovedApps const& removed_apps, DispatchSettings settings);
    // Calls stop() with 0 ms.
    ~Dispatch();
    Dispatch(Dispatch const&) = delete;
    Dispatch& operator=(Dispatch const&) = delete;

    // Works on a thread of its own until stop(). Called at most once.
    void start();
    // Begins nothing new, waits at most `timeout` for posts in flight, and records their outcomes.
    // Messages that are unanswered by then are sent again after the next start. From any thread;
    // a second call has no effect.
    void stop(Millis timeout);

    // Verifies the app's URL at once, suspended or not (P12). `done` is called once, on a thread of
    // this object, of the store or of the caller, and must not block. It gets Errc::not_found,
    // Errc::conflict without a URL, Errc::unavailable while stopping. `by` is the operator who
    // asked, for the audit. From any thread.
    void verify_now(AppId appid, VerifyDone done, std::optional<access::Actor> by = std::nullopt);

    [[nodiscard]] DispatchCounts counts() const;

    // One turn: takes the answers that came in, records them, sends what is due. Answers when the
    // next turn is due if nothing happens before. The thread calls this; tests call it themselves.
    Instant turn();

private:
    struct Inbox;
    struct InFlight;
    struct AppState;
    struct Found;
    struct UrlCheck;
    struct VerifyAsk;
    using Batch = std::shared_ptr<std::vector<Ended>>;

    void run();
    void take_recorded(Result<void> const& recorded, Batch batch, Instant now);
    void take_cleaned(Result<bool> const& cleaned, Instant now);
    void settle(InFlight flight, Receipt receipt, Instant now);
    void settle_check(UrlCheck check, Receipt receipt, Instant now);
    void tell_trouble(AppId const& appid, std::string_view webhook_id,
                      Receipt const& receipt) const;
    void count(AppId const& appid, bool arrived);
    void release(std::vector<Ended> const& batch);
    void flush(Instant now);
    void look(Instant now);
    [[nodiscard]] Result<std::set<std::string>> claim(Instant now);
    [[nodiscard]] bool may_clean(Instant now);
    void look_at(Tx const& tx, AppId const& appid, Found& found) const;
    [[nodiscard]] std::optional<Ended> held_back(AppState& state, DueMessage const& message,
                                                 Instant now) const;
    void send(Found& found, Instant now);
    void post(std::shared_ptr<access::App const> const& app, DueMessage message, Instant now);
    void check(AppId const& appid, Occasion occasion, VerifyAsk ask, Instant now);
    void clean(Instant now);
    [[nodiscard]] AppState& state_of(AppId const& appid);
    [[nodiscard]] bool idle() const;

    Store& store_;
    HttpClient& http_client_;
    Clock const& clock_;
    IdSource& id_source_;
    Opener open_;
    RemovedApps const& removed_apps_;
    DispatchSettings settings_;
    std::shared_ptr<Inbox> inbox_;  // Callbacks share it: they may run after destruction.

    // Used by turn() alone.
    std::optional<leases::Leases> leases_;  // On a shared store.
    std::map<AppId, AppState> app_states_;
    std::deque<Ended> unrecorded_;
    bool recording_ = false;
    bool store_refuses_ = false;
    bool look_again_ = true;
    bool cleaning_ = false;
    Instant record_after_;
    Instant look_at_;
    Instant clean_at_;

    mutable std::mutex counting_;                                // Guards by_app_.
    std::map<AppId, AppCounts> by_app_{{AppId{}, AppCounts{}}};  // Empty id: all other apps.
    std::atomic<std::uint64_t> posted_{0};
    std::atomic<std::uint64_t> arrived_{0};
    std::atomic<std::uint64_t> failed_{0};
    std::atomic<std::uint64_t> verifications_{0};
    std::atomic<std::uint64_t> record_failures_{0};
    std::atomic<std::int64_t> in_flight_{0};

    std::thread thread_;
};

}  // namespace updraft::push
