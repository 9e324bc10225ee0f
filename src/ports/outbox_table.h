// The rows of push messages, their attempts, and what is known of each app's receiver.
//
// Lives here: what the domain asks of them.
// Not here:   who is told what (push/outbox.h), sending (push/dispatch.h), the SQL
//             (sqlstore/tables/outbox_rows.cpp).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "push/delivery.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// A message to be written down. Joins the end of its lane.
struct NewMessage {
    WebhookId webhook_id;
    AppId appid;
    Did did;
    push::MsgType type = push::MsgType::result;
    UpgradeId upgrade;  // 0 for a notice.
    std::string body;
    Instant created_at;
    Instant due_at;  // Not sent before.
};

// A message at the head of its lane whose time has come.
struct DueMessage {
    WebhookId webhook_id;
    Did did;
    push::MsgType type = push::MsgType::result;
    std::string body;
    std::int64_t tries = 0;  // Since it was written, or replayed.
    Instant since;           // When it was written, or replayed.
};

struct DueAsk {
    AppId const& appid;
    push::Stream stream;
    Instant now;
    std::int64_t limit;  // Messages, the skipped ones not counted.
    // True for a device whose lane is being worked on already.
    std::function<bool(std::string_view did)> skip;
};

// What became of a message by an attempt.
struct Delivered {};
struct TryAgain {
    Instant at;
};
struct Dead {};     // Kept as a dead letter.
struct Dropped {};  // Forgotten: a progress whose time has passed.
using Fate = std::variant<Delivered, TryAgain, Dead, Dropped>;

struct DeliveryFilter {
    std::optional<AppId> appid;
    std::optional<Did> did;
    std::optional<push::DeliveryState> state;
};

// What is known of an app's receiver beside its pushState.
struct Receiver {
    AppId appid;
    std::string url;                // What all of this is about; another URL starts afresh.
    std::int64_t failures = 0;      // Failed attempts in a row.
    std::optional<Instant> due_at;  // When it is verified or probed next; absent: only on request.
    Millis pause{0};                // Between the last probe and the next; doubles.
};

// How much waits. Counting stops at `counted_max` of each kind, so that asking stays cheap.
struct OutboxDepth {
    static constexpr std::int64_t counted_max = 100'000;
    std::int64_t upgrade_messages = 0;
    std::int64_t notices = 0;
    std::int64_t dead = 0;
    std::optional<Instant> oldest_result;  // The oldest undelivered message of the upgrade stream.
};

class OutboxTable {
public:
    virtual ~OutboxTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<push::Delivery> find(WebhookId const& id) const = 0;
    [[nodiscard]] virtual Result<std::vector<push::Attempt>> attempts(
        WebhookId const& id) const = 0;
    // Without app and did, newest first; of a did, by app and then newest first; of an app, what
    // waits (in order of sending), then dead letters and delivered ones (newest first).
    [[nodiscard]] virtual Result<Page<push::Delivery>> list(DeliveryFilter const& filter,
                                                            PageAsk const& ask) const = 0;
    // Apps after `after`, in order, that have an undelivered message.
    [[nodiscard]] virtual Result<std::vector<AppId>> apps_waiting(AppId const& after,
                                                                  std::int64_t limit) const = 0;
    // Heads of lanes that are due, the longest due first.
    [[nodiscard]] virtual Result<std::vector<DueMessage>> due(DueAsk const& ask) const = 0;
    // The earliest time after `now` at which a head of a lane becomes due.
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due(AppId const& appid,
                                                                  push::Stream stream,
                                                                  Instant now) const = 0;
    // Lanes of notices of that app that wait, counted up to `max`.
    [[nodiscard]] virtual Result<std::int64_t> waiting_notices(AppId const& appid,
                                                               std::int64_t max) const = 0;
    // When the last progress of that device was tried; nothing when none was, or long ago.
    // That drop_progress() and last_progress() follow soon: where a question costs a journey they
    // travel together.
    virtual void expect_progress(AppId const& appid, Did const& did, UpgradeId upgrade) const = 0;
    [[nodiscard]] virtual Result<std::optional<Instant>> last_progress(AppId const& appid,
                                                                       Did const& did) const = 0;
    // When the oldest undelivered message of the upgrade stream was written, among those heads of
    // each of these apps that are due the longest, at most `limit`.
    [[nodiscard]] virtual Result<std::optional<Instant>> oldest_waiting(
        std::span<AppId const> apps, std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<OutboxDepth> depth() const = 0;

    virtual Result<void> enqueue(NewMessage const& message) = 0;
    // Removes the undelivered progress of an upgrade; answers when it was due, if there was one.
    virtual Result<std::optional<Instant>> drop_progress(AppId const& appid, Did const& did,
                                                         UpgradeId upgrade) = 0;
    // Writes down an attempt and what became of the message by it; the next of the lane takes its
    // turn when this one is done. False when the message is no longer there, or no longer pending.
    virtual Result<bool> record(WebhookId const& id, push::Attempt const& attempt,
                                Fate const& fate) = 0;
    // Not before `at`, without an attempt.
    virtual Result<void> postpone(WebhookId const& id, Instant at) = 0;
    // Undelivered heads written before `before` become dead letters (progress is forgotten), at
    // most `limit`; answers how many. For apps whose receiver takes nothing.
    virtual Result<std::int64_t> give_up(AppId const& appid, push::Stream stream, Instant before,
                                         Instant due_before, Instant now, std::int64_t limit) = 0;
    // Heads that are due after `horizon`, which no schedule of ours explains (a clock that jumped),
    // are due now; at most `limit`; answers how many.
    virtual Result<std::int64_t> pull_in(AppId const& appid, push::Stream stream, Instant horizon,
                                         Instant now, std::int64_t limit) = 0;
    // Pending again, at the end of its lane, with the same id and bytes; a pending one is due now.
    // Errc::not_found; Errc::conflict for a progress.
    virtual Result<void> replay(WebhookId const& id, Instant now) = 0;
    // Results and notices of an app, delivered or dead, with ids between those two, both excluded,
    // in order of id (which is the order of writing, to the millisecond), at most `limit`.
    [[nodiscard]] virtual Result<std::vector<WebhookId>> replayable(AppId const& appid,
                                                                    WebhookId const& after,
                                                                    WebhookId const& before,
                                                                    std::int64_t limit) const = 0;
    // Removes delivered and dead messages whose time to be kept is over, at most `limit`; answers
    // how many.
    virtual Result<std::int64_t> sweep(Instant now, std::int64_t limit) = 0;
    // Removes an app's messages, at most `limit`; answers how many.
    virtual Result<std::int64_t> drop_app(AppId const& appid, std::int64_t limit) = 0;

    // Errc::not_found when nothing is known.
    [[nodiscard]] virtual Result<Receiver> receiver(AppId const& appid) const = 0;
    // Receivers to be verified or probed now, the longest due first.
    [[nodiscard]] virtual Result<std::vector<Receiver>> receivers_due(Instant now,
                                                                      std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<std::optional<Instant>> next_receiver_due(Instant now) const = 0;
    virtual Result<void> put_receiver(Receiver const& receiver) = 0;
    virtual Result<void> remove_receiver(AppId const& appid) = 0;
    // As pull_in(), for receivers.
    virtual Result<std::int64_t> pull_in_receivers(Instant horizon, Instant now) = 0;
};

}  // namespace updraft
