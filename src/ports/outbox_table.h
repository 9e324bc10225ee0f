// The push messages that wait to be delivered: a lane for each app, device and stream, in the order
// of writing. Only the first message of a lane, its head, is sent.
//
// Lives here: what the domain asks of messages that wait.
// Not here:   messages of any state and their attempts (ports/deliveries_table.h), receivers
//             (ports/receivers_table.h), who is told what (push/outbox.h), sending
//             (push/dispatch.h), the SQL (sqlstore/tables/outbox_rows.cpp).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "push/delivery.h"
#include "vocabulary/result.h"

namespace updraft {

// A new message. Joins the end of its lane.
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

// A message at the head of its lane that is due.
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
    // True for a device whose lane is in work already.
    std::function<bool(std::string_view did)> skip;
};

// How many messages wait. Counting stops at `counted_max` of each kind, which limits its cost.
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
    // When sending that app the newest progress of that device was tried; nothing when it was not,
    // or when no progress is kept.
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
    // Not before `at`, without an attempt.
    virtual Result<void> postpone(WebhookId const& id, Instant at) = 0;
    // Undelivered heads written before `before` become dead letters (progress is removed), at most
    // `limit`; answers how many. For apps whose receiver takes nothing.
    virtual Result<std::int64_t> give_up(AppId const& appid, push::Stream stream, Instant before,
                                         Instant due_before, Instant now, std::int64_t limit) = 0;
    // Heads that are due after `horizon`, later than any retry is ever planned (the clock was set
    // back), are due now; at most `limit`; answers how many.
    virtual Result<std::int64_t> pull_in(AppId const& appid, push::Stream stream, Instant horizon,
                                         Instant now, std::int64_t limit) = 0;
};

}  // namespace updraft
