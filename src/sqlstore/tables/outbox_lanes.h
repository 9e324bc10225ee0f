// The lanes of the outbox: messages of one app, device and stream, of which the first waiting one,
// the head, may be sent.
//
// Lives here: keeping a lane in order when a message joins it or leaves it.
// Not here:   the verbs that need it (tables/outbox_rows, tables/deliveries_rows).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlstore/session.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

// Written so that no index of pending messages fits: then a planner that believes the table to be
// empty finds one message by its id as well.
#define UPDRAFT_IS_PENDING "state <> 'delivered' AND state <> 'dead'"

namespace updraft::sqlstore {

struct Lane {
    AppId appid;
    Did did;
    std::string stream;
};

// How long a message can be looked at, and replayed, after it became a dead letter.
inline constexpr Millis dead_kept = std::chrono::hours{24 * 30};

// The first of the lane that is still pending becomes its head.
Result<void> promote(Session& session, Lane const& lane);
// The place behind all that wait in the lane.
[[nodiscard]] Result<std::int64_t> next_place(Session& session, Lane const& lane);
// The message and its attempts.
Result<void> remove_message(Session& session, WebhookId const& id);
// A pending message is due at that time.
Result<void> postpone_message(Session& session, WebhookId const& id, Instant at);
// The first column of every row.
[[nodiscard]] Result<std::vector<WebhookId>> read_message_ids(Rows rows);

}  // namespace updraft::sqlstore
