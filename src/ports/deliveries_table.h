// Rows of push messages of every state, with the attempts to deliver each of them.
//
// Lives here: the interface that the domain uses: reading messages, recording an attempt, replaying
//             one, and removing old ones.
// Not here:   the order in which messages are sent (ports/outbox_table.h), the SQL
//             (sqlstore/tables/deliveries_rows.cpp).
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "push/delivery.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// The result of an attempt for its message.
struct Delivered {};
struct TryAgain {
    Instant at;
};
struct Dead {};     // Kept as a dead letter.
struct Dropped {};  // Removed: a progress message that is too old to be tried again.
using AttemptOutcome = std::variant<Delivered, TryAgain, Dead, Dropped>;

struct DeliveryFilter {
    std::optional<AppId> appid;
    std::optional<Did> did;
    std::optional<push::DeliveryState> state;
    std::optional<push::MsgType> type = {};
    std::optional<Instant> since = {};  // Created then or later,
    std::optional<Instant> until = {};  // and before that.
};

class DeliveriesTable {
public:
    virtual ~DeliveriesTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<push::Delivery> find(WebhookId const& id) const = 0;
    [[nodiscard]] virtual Result<std::vector<push::Attempt>> attempts(
        WebhookId const& id) const = 0;
    // The order depends on the filter. Neither app, did nor state: newest first. A did, or a state
    // (but delivered with since or until, which is newest first): by app, then newest first. An app
    // alone: pending messages in order of sending, then dead letters, then delivered ones, both
    // newest first.
    [[nodiscard]] virtual Result<Page<push::Delivery>> list(DeliveryFilter const& filter,
                                                            PageAsk const& ask) const = 0;
    // Results and notices of an app that are delivered or dead and whose ids are between `after`
    // and `before` (both excluded), in order of id, at most `limit`. Ids are in order of writing,
    // to the millisecond.
    [[nodiscard]] virtual Result<std::vector<WebhookId>> replayable(AppId const& appid,
                                                                    WebhookId const& after,
                                                                    WebhookId const& before,
                                                                    std::int64_t limit) const = 0;

    // Records an attempt and its result. When the message is finished, the next one of its lane
    // becomes the head. False when the message was removed or is no longer pending.
    virtual Result<bool> record(WebhookId const& id, push::Attempt const& attempt,
                                AttemptOutcome const& outcome) = 0;
    // Makes a message pending again, at the end of its lane, with the same id and bytes; a message
    // that is pending already becomes due now. Errc::not_found when there is none; Errc::conflict
    // for a progress message, and for one that is revoked (DueMessage::revoked).
    virtual Result<void> replay(WebhookId const& id, Instant now) = 0;
    // Removes delivered and dead messages whose retention time is over, at most `limit`; answers
    // their number.
    virtual Result<std::int64_t> sweep(Instant now, std::int64_t limit) = 0;
    // Removes an app's messages, at most `limit`; answers their number.
    virtual Result<std::int64_t> drop_app(AppId const& appid, std::int64_t limit) = 0;
};

}  // namespace updraft
