// Rows of push messages that wait for delivery. There is one lane for each app, device and stream;
// messages of a lane are in order of writing. Only the first message of a lane, its head, is sent.
//
// Lives here: the interface to waiting messages.
// Not here:   messages of any state and their attempts (ports/deliveries_table.h), receivers
//             (ports/receivers_table.h), which app gets which message (push/outbox.h), sending
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

// A new message. It is appended to its lane.
struct NewMessage {
    WebhookId webhook_id;
    AppId appid;
    Did did;
    push::MsgType type = push::MsgType::result;
    UpgradeId upgrade;  // 0 for a notice.
    // The user whose device it is. The message is sent only under the grant that this user has
    // given the app now. Absent: not known; the message is sent in any case.
    std::optional<OpenId> open_id{};
    std::optional<Version> version{};  // For a notice: the version that it announces or withdraws.
    std::string body;
    Instant created_at;
    Instant due_at;  // Not sent before.
};

// The head of a lane, which is due.
struct DueMessage {
    WebhookId webhook_id;
    Did did;
    push::MsgType type = push::MsgType::result;
    std::string body;
    std::int64_t tries = 0;  // Since the message was written or replayed.
    Instant since;           // When the message was written or replayed.
    Instant created_at;      // When the message was written: the time of what it tells.
    // The order of the upgrade that it is about. Absent for a notice, and when the upgrade is no
    // longer in the history.
    std::optional<OrderId> order_id{};
    // For a notice: the version that it announces or withdraws (absent in rows of programs before
    // migration 17), and the device's model and version now (absent when there is no such device).
    std::optional<Version> version{};
    std::optional<ModelName> model{};
    std::optional<Version> runs{};
    std::optional<ReleaseId> offers_after{};  // Of the device (fleet/device.h).
    // For a notice of new firmware: set by the dispatch when it does not hold any more.
    std::optional<Version> overtaken{};
    // True when it must not be sent any more: the grant under which it was written was deleted, it
    // is a notice about a device that is not that user's any more, or it withdraws a version that
    // the app was not told of.
    bool revoked = false;
};

struct DueAsk {
    AppId const& appid;
    push::Stream stream;
    Instant now;
    std::int64_t limit;  // Messages, the skipped ones not counted.
    // True for a device whose lane is to be skipped, because a message of it is being sent.
    std::function<bool(std::string_view did)> skip;
    std::int64_t skipped_max = 256;  // Lanes that `skip` is true for; more cost another query.
};

// Numbers of messages. Counting stops at `counted_max` (for waiting messages: of each app), which
// limits its cost.
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

    // Apps with a waiting message, after `after` in order of appid, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<AppId>> apps_waiting(AppId const& after,
                                                                  std::int64_t limit) const = 0;
    // Due heads of lanes, the earliest due time first.
    [[nodiscard]] virtual Result<std::vector<DueMessage>> due(DueAsk const& ask) const = 0;
    // The earliest time after `now` at which a head of a lane becomes due.
    [[nodiscard]] virtual Result<std::optional<Instant>> next_due(AppId const& appid,
                                                                  push::Stream stream,
                                                                  Instant now) const = 0;
    // The number of that app's lanes of notices with a waiting message, counted up to `max`.
    [[nodiscard]] virtual Result<std::int64_t> waiting_notices(AppId const& appid,
                                                               std::int64_t max) const = 0;
    // When the newest progress message of that device was last sent to that app; nothing when it
    // was not sent, or when no progress message is kept.
    [[nodiscard]] virtual Result<std::optional<Instant>> last_progress(AppId const& appid,
                                                                       Did const& did) const = 0;
    // When the oldest waiting message of the upgrade stream was written. Only the `limit` heads of
    // each app with the earliest due times are looked at.
    [[nodiscard]] virtual Result<std::optional<Instant>> oldest_waiting(
        std::span<AppId const> apps, std::int64_t limit) const = 0;
    [[nodiscard]] virtual Result<OutboxDepth> depth() const = 0;

    virtual Result<void> enqueue(NewMessage const& message) = 0;
    // Removes the waiting progress message of an upgrade; answers when it was due, if there was
    // one.
    virtual Result<std::optional<Instant>> drop_progress(AppId const& appid, Did const& did,
                                                         UpgradeId upgrade) = 0;
    // Postpones the message to `at` without recording an attempt.
    virtual Result<void> postpone(WebhookId const& id, Instant at) = 0;
    // Makes dead letters of waiting heads that were written (or replayed) at `before` or earlier
    // and are due at `due_before` or earlier, at most `limit`; progress messages are removed
    // instead. Answers their number. For apps whose receiver accepts no messages.
    virtual Result<std::int64_t> give_up(AppId const& appid, push::Stream stream, Instant before,
                                         Instant due_before, Instant now, std::int64_t limit) = 0;
    // Makes heads due now whose due time is after `horizon`, at most `limit`; answers their number.
    // No retry schedule leads to such times: the clock was set back.
    virtual Result<std::int64_t> pull_in(AppId const& appid, push::Stream stream, Instant horizon,
                                         Instant now, std::int64_t limit) = 0;
};

}  // namespace updraft
