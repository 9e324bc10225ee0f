#include "sqlstore/tables/outbox_lanes.h"

namespace updraft::sqlstore {

Result<void> promote(Session& session, Lane const& lane) {
    TRY(
        session.change("UPDATE outbox SET head = 1 WHERE webhook_id = (SELECT webhook_id "
                       "FROM outbox WHERE state = 'pending' AND appid = $1 AND did = $2 "
                       "AND stream = $3 ORDER BY seq LIMIT 1) AND head = 0",
                       lane.appid, lane.did, lane.stream));
    return {};
}

Result<std::int64_t> next_place(Session& session, Lane const& lane) {
    TRY_ASSIGN(auto rows,
               session.query("SELECT seq FROM outbox WHERE state = 'pending' AND appid = $1 "
                             "AND did = $2 AND stream = $3 ORDER BY seq DESC LIMIT 1",
                             lane.appid, lane.did, lane.stream));
    TRY_ASSIGN(bool const waiting, rows.next());
    return waiting ? rows.number(0) + 1 : 0;
}

Result<void> remove_message(Session& session, WebhookId const& id) {
    TRY(session.change("DELETE FROM push_attempts WHERE webhook_id = $1", id));
    TRY(session.change("DELETE FROM outbox WHERE webhook_id = $1", id));
    return {};
}

Result<void> postpone_message(Session& session, WebhookId const& id, Instant at) {
    TRY(
        session.change("UPDATE outbox SET next_attempt_at = $2 "
                       "WHERE webhook_id = $1 AND " UPDRAFT_IS_PENDING,
                       id, at));
    return {};
}

Result<std::vector<WebhookId>> read_message_ids(Rows rows) {
    std::vector<WebhookId> ids;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return ids;
        ids.push_back(rows.name<WebhookId>(0));
    }
}

}  // namespace updraft::sqlstore
