// Reads a message from a row of the outbox.
//
// Lives here: names of states and types, and columns, which several files use.
// Not here:   the queries (tables/outbox_rows.cpp, tables/outbox_due.cpp,
//             tables/deliveries_rows.cpp).
#pragma once

#include <string_view>

#include "push/delivery.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

// A CHECK of the table permits no other names, so the fallback is never used.
constexpr push::MsgType read_msg_type(std::string_view text) {
    return push::read_msg_type(text).value_or(push::MsgType::new_firmware);
}

constexpr push::DeliveryState read_delivery_state(std::string_view text) {
    return push::read_delivery_state(text).value_or(push::DeliveryState::dead);
}

// A message's type as read_msg_type() reads it. The table's CHECK is older than `withdrawn`.
#define UPDRAFT_MSG_TYPE "CASE WHEN outbox.withdrawn = 1 THEN 'withdrawn' ELSE outbox.msg_type END"

// The columns of a Delivery in the order that read_delivery expects them.
#define UPDRAFT_DELIVERY_COLUMNS                \
    "webhook_id, appid, did, " UPDRAFT_MSG_TYPE \
    ", body, state, attempts, created_at, "     \
    "next_attempt_at, delivered_at"

// The user whose device a message is about. Rows of programs before migration 12 do not name it:
// then it is that of the upgrade, or of the device. NULL when it is not known.
#define UPDRAFT_MESSAGE_USER                                              \
    "COALESCE(outbox.open_id, "                                           \
    "(SELECT u.open_id FROM upgrades u WHERE u.id = outbox.upgrade_id), " \
    "(SELECT d.open_id FROM devices d WHERE d.did = outbox.did))"
// True when the app was told of the message's version: a notice of it was written, and none of them
// waits or was given up.
#define UPDRAFT_WAS_TOLD                                                                      \
    "(EXISTS (SELECT 1 FROM announced a WHERE a.did = outbox.did AND a.appid = outbox.appid " \
    "AND a.version = outbox.version) AND NOT EXISTS (SELECT 1 FROM outbox n "                 \
    "WHERE n.did = outbox.did AND n.appid = outbox.appid AND n.stream = 'notice' "            \
    "AND n.withdrawn = 0 AND n.state <> 'delivered' AND n.version = outbox.version))"
// 1 when a message must not be sent any more (DueMessage::revoked), otherwise 0. A deleted grant
// that is given again has another time.
#define UPDRAFT_IS_REVOKED                                                                   \
    "CASE WHEN (outbox.withdrawn = 1 AND NOT " UPDRAFT_WAS_TOLD ") OR " UPDRAFT_MESSAGE_USER \
    " IS NOT NULL AND (SELECT g.created_at FROM grants g WHERE g.appid = "                   \
    "outbox.appid AND g.open_id = " UPDRAFT_MESSAGE_USER                                     \
    " AND (outbox.granted_at IS NULL OR outbox.granted_at = g.created_at) "                  \
    "AND (outbox.stream <> 'notice' OR g.open_id = "                                         \
    "(SELECT d.open_id FROM devices d WHERE d.did = outbox.did))) IS NULL "                  \
    "THEN 1 ELSE 0 END"

inline push::Delivery read_delivery(Rows const& rows) {
    return {.webhook_id = rows.name<WebhookId>(0),
            .appid = rows.name<AppId>(1),
            .did = rows.name<Did>(2),
            .type = read_msg_type(rows.text(3)),
            .body = std::string(rows.text(4)),
            .state = read_delivery_state(rows.text(5)),
            .attempts = rows.number(6),
            .created_at = rows.instant(7),
            .next_attempt_at = rows.maybe_instant(8),
            .delivered_at = rows.maybe_instant(9)};
}

}  // namespace updraft::sqlstore
