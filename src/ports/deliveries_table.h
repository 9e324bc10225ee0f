// Push messages of every state, each with the attempts to deliver it.
//
// Lives here: what the domain asks of them: looking at them, recording an attempt, replaying one,
//             and removing those that are no longer kept.
// Not here:   the order in which they wait (ports/outbox_table.h), the SQL
//             (sqlstore/tables/deliveries_rows.cpp).
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "push/delivery.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// What became of a message by an attempt.
struct Delivered {};
struct TryAgain {
    Instant at;
};
struct Dead {};     // Kept as a dead letter.
struct Dropped {};  // Removed: a progress that is not worth another attempt.
using Fate = std::variant<Delivered, TryAgain, Dead, Dropped>;

struct DeliveryFilter {
    std::optional<AppId> appid;
    std::optional<Did> did;
    std::optional<push::DeliveryState> state;
};

class DeliveriesTable {
public:
    virtual ~DeliveriesTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<push::Delivery> find(WebhookId const& id) const = 0;
    [[nodiscard]] virtual Result<std::vector<push::Attempt>> attempts(
        WebhookId const& id) const = 0;
    // Without app and did, newest first; of a did, by app and then newest first; of an app, what
    // waits (in order of sending), then dead letters and delivered ones (newest first).
    [[nodiscard]] virtual Result<Page<push::Delivery>> list(DeliveryFilter const& filter,
                                                            PageAsk const& ask) const = 0;
    // Results and notices of an app, delivered or dead, with ids between those two, both excluded,
    // in order of id (which is the order of writing, to the millisecond), at most `limit`.
    [[nodiscard]] virtual Result<std::vector<WebhookId>> replayable(AppId const& appid,
                                                                    WebhookId const& after,
                                                                    WebhookId const& before,
                                                                    std::int64_t limit) const = 0;

    // Stores an attempt and what became of the message by it; when the message is done, the next
    // of its lane becomes the head. False when the message is no longer there, or not pending.
    virtual Result<bool> record(WebhookId const& id, push::Attempt const& attempt,
                                Fate const& fate) = 0;
    // Pending again, at the end of its lane, with the same id and bytes; a pending one is due now.
    // Errc::not_found; Errc::conflict for a progress.
    virtual Result<void> replay(WebhookId const& id, Instant now) = 0;
    // Removes delivered and dead messages whose time to be kept is over, at most `limit`; answers
    // how many.
    virtual Result<std::int64_t> sweep(Instant now, std::int64_t limit) = 0;
    // Removes an app's messages, at most `limit`; answers how many.
    virtual Result<std::int64_t> drop_app(AppId const& appid, std::int64_t limit) = 0;
};

}  // namespace updraft
