#include "sqlstore/tables/deliveries_rows.h"

#include <algorithm>

#include "ports/store.h"
#include "sqlstore/tables/outbox_lanes.h"
#include "sqlstore/tables/outbox_words.h"

namespace updraft::sqlstore {
namespace {

// How long a delivered message is kept, for lists and replays.
constexpr Millis progress_kept = std::chrono::hours{1};
constexpr Millis delivered_kept = std::chrono::hours{24 * 7};

std::optional<push::AttemptFault> read_fault(std::optional<std::string> const& word) {
    return word ? push::read_attempt_fault(*word) : std::nullopt;
}

std::optional<std::string_view> written_fault(std::optional<push::AttemptFault> fault) {
    return fault ? std::optional(push::word(*fault)) : std::nullopt;
}

}  // namespace

Result<push::Delivery> DeliveriesRows::find(WebhookId const& id) const {
    TRY_ASSIGN(auto rows,
               session_.query(
                   "SELECT " UPDRAFT_DELIVERY_COLUMNS " FROM outbox WHERE webhook_id = $1", id));
    TRY_ASSIGN(bool const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such push");
    return read_delivery(rows);
}

Result<std::vector<push::Attempt>> DeliveriesRows::attempts(WebhookId const& id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT at, status, duration_ms, answer, error "
                                         "FROM push_attempts WHERE webhook_id = $1 "
                                         "ORDER BY nth LIMIT 1000",
                                         id));
    std::vector<push::Attempt> attempts;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return attempts;
        attempts.push_back({.at = rows.instant(0),
                            .status = static_cast<int>(rows.number(1)),
                            .duration_ms = rows.number(2),
                            .answer = std::string(rows.text(3)),
                            .fault = read_fault(rows.maybe_text(4))});
    }
}

Result<std::vector<WebhookId>> DeliveriesRows::replayable(AppId const& appid,
                                                          WebhookId const& after,
                                                          WebhookId const& before,
                                                          std::int64_t limit) const {
    std::vector<WebhookId> ids;
    for (auto const state : {push::DeliveryState::dead, push::DeliveryState::delivered}) {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT webhook_id FROM outbox WHERE state <> 'pending' "
                                  "AND state = $1 AND appid = $2 AND webhook_id > $3 "
                                  "AND webhook_id < $4 AND msg_type <> 'progress' "
                                  "ORDER BY webhook_id LIMIT $5",
                                  word(state), appid, after, before, limit));
        for (;;) {
            TRY_ASSIGN(bool const more, rows.next());
            if (!more) break;
            ids.push_back(rows.name<WebhookId>(0));
        }
    }
    std::ranges::sort(ids);
    if (static_cast<std::int64_t>(ids.size()) > limit) ids.resize(static_cast<std::size_t>(limit));
    return ids;
}

Result<bool> DeliveriesRows::record(WebhookId const& id, push::Attempt const& attempt,
                                    AttemptOutcome const& outcome) {
    auto const ended = attempt.at + Millis{attempt.duration_ms};
    auto const updated = [&]() -> Result<Rows> {
        if (auto const* again = std::get_if<TryAgain>(&outcome)) {
            return session_.query(
                "UPDATE outbox SET attempts = attempts + 1, tries = tries + 1, "
                "next_attempt_at = $2, last_attempt_at = $3 "
                "WHERE webhook_id = $1 AND " UPDRAFT_IS_PENDING
                " "
                "RETURNING attempts, appid, did, stream",
                id, again->at, attempt.at);
        }
        if (std::holds_alternative<Delivered>(outcome)) {
            return session_.query(
                "UPDATE outbox SET state = 'delivered', head = 0, attempts = attempts + 1, "
                "tries = tries + 1, next_attempt_at = NULL, last_attempt_at = $2, "
                "delivered_at = $3, expires_at = CASE WHEN msg_type = 'progress' "
                "THEN CAST($4 AS BIGINT) ELSE CAST($5 AS BIGINT) END "
                "WHERE webhook_id = $1 AND " UPDRAFT_IS_PENDING
                " "
                "RETURNING attempts, appid, did, stream",
                id, attempt.at, ended, ended + progress_kept, ended + delivered_kept);
        }
        return session_.query(
            "UPDATE outbox SET state = 'dead', head = 0, attempts = attempts + 1, "
            "tries = tries + 1, next_attempt_at = NULL, last_attempt_at = $2, expires_at = $3 "
            "WHERE webhook_id = $1 AND " UPDRAFT_IS_PENDING
            " "
            "RETURNING attempts, appid, did, stream",
            id, attempt.at, ended + dead_kept);
    };

    std::int64_t nth = 0;
    Lane lane;
    {
        TRY_ASSIGN(auto rows, updated());
        TRY_ASSIGN(bool const found, rows.next());
        if (!found) return false;
        nth = rows.number(0);
        lane = {.appid = rows.name<AppId>(1),
                .did = rows.name<Did>(2),
                .stream = std::string(rows.text(3))};
    }
    if (std::holds_alternative<Dropped>(outcome)) {
        TRY(remove_message(session_, id));
    } else {
        TRY(
            session_.change("INSERT INTO push_attempts (webhook_id, nth, at, status, duration_ms, "
                            "answer, error) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                            id, nth, attempt.at, attempt.status, attempt.duration_ms,
                            attempt.answer, written_fault(attempt.fault)));
    }
    if (!std::holds_alternative<TryAgain>(outcome)) TRY(promote(session_, lane));
    return true;
}

Result<void> DeliveriesRows::replay(WebhookId const& id, Instant now) {
    Lane lane;
    bool pending = false;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT appid, did, stream, " UPDRAFT_MSG_TYPE
                                             ", state, " UPDRAFT_IS_REVOKED
                                             " FROM outbox WHERE webhook_id = $1",
                                             id));
        TRY_ASSIGN(bool const found, rows.next());
        if (!found) return fail(Errc::not_found, "no such push");
        if (read_msg_type(rows.text(3)) == push::MsgType::progress) {
            return fail(Errc::conflict, "progress is a live signal and is not sent again");
        }
        if (rows.truth(5)) {
            return fail(Errc::conflict, "the app has no grant for this message any more");
        }
        lane = {.appid = rows.name<AppId>(0),
                .did = rows.name<Did>(1),
                .stream = std::string(rows.text(2))};
        pending = read_delivery_state(rows.text(4)) == push::DeliveryState::pending;
    }
    if (pending) {
        TRY(postpone_message(session_, id, now));
    } else {
        TRY_ASSIGN(auto const seq, next_place(session_, lane));
        TRY(
            session_.change("UPDATE outbox SET state = 'pending', seq = $2, head = $3, tries = 0, "
                            "since = $4, next_attempt_at = $4, delivered_at = NULL, "
                            "expires_at = NULL WHERE webhook_id = $1",
                            id, seq, seq == 0, now));
    }
    session_.touch(Touched::outbox);
    return {};
}

Result<std::int64_t> DeliveriesRows::sweep(Instant now, std::int64_t limit) {
    TRY_ASSIGN(auto rows, session_.query("SELECT webhook_id FROM outbox "
                                         "WHERE expires_at IS NOT NULL AND expires_at <= $1 "
                                         "ORDER BY expires_at, webhook_id LIMIT $2",
                                         now, limit));
    TRY_ASSIGN(auto const ids, read_message_ids(std::move(rows)));
    for (auto const& id : ids) TRY(remove_message(session_, id));
    return static_cast<std::int64_t>(ids.size());
}

Result<std::int64_t> DeliveriesRows::drop_app(AppId const& appid, std::int64_t limit) {
    std::vector<WebhookId> ids;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT webhook_id FROM outbox "
                                             "WHERE state = 'pending' AND appid = $1 "
                                             "ORDER BY did, stream, seq LIMIT $2",
                                             appid, limit));
        TRY_ASSIGN(ids, read_message_ids(std::move(rows)));
    }
    for (auto const state : {push::DeliveryState::dead, push::DeliveryState::delivered}) {
        if (!ids.empty()) break;
        TRY_ASSIGN(auto rows, session_.query("SELECT webhook_id FROM outbox "
                                             "WHERE state <> 'pending' AND state = $1 "
                                             "AND appid = $2 ORDER BY webhook_id LIMIT $3",
                                             word(state), appid, limit));
        TRY_ASSIGN(ids, read_message_ids(std::move(rows)));
    }
    for (auto const& id : ids) TRY(remove_message(session_, id));
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace updraft::sqlstore
