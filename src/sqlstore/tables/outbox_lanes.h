// The lanes of the outbox. A lane has the messages of one app, device and stream; only its first
// waiting message, the head, may be sent.
//
// Lives here: keeping a lane in order when a message joins it or leaves it.
// Not here:   its callers (tables/outbox_rows, tables/deliveries_rows).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlstore/session.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

// Written so that the planner cannot use an index of pending messages. Otherwise it might use one
// to find a message by id, when it has no statistics yet.
#define UPDRAFT_IS_PENDING "state <> 'delivered' AND state <> 'dead'"

namespace updraft::sqlstore {

struct Lane {
    AppId appid;
    Did did;
    std::string stream;
};

// How long a dead letter is kept, for lists and replays.
inline constexpr Millis dead_kept = std::chrono::hours{24 * 30};

// Makes the first pending message of the lane its head.
Result<void> promote(Session& session, Lane const& lane);
// The sequence number for a message that is appended to the lane.
[[nodiscard]] Result<std::int64_t> next_place(Session& session, Lane const& lane);
// Removes the message and its attempts.
Result<void> remove_message(Session& session, WebhookId const& id);
// Makes a pending message due at that time.
Result<void> postpone_message(Session& session, WebhookId const& id, Instant at);
// The ids in the first column of all rows.
[[nodiscard]] Result<std::vector<WebhookId>> read_message_ids(Rows rows);

}  // namespace updraft::sqlstore
