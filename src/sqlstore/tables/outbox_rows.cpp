#include "sqlstore/tables/outbox_rows.h"

#include "ports/store.h"
#include "sqlstore/tables/outbox_words.h"

// Said so that no index of pending messages fits: one message is found by its id, whatever a
// planner believes of a table that was empty a moment ago.
#define IS_PENDING "state <> 'delivered' AND state <> 'dead'"

namespace updraft::sqlstore {
namespace {

// How long a finished message can be looked at, and replayed.
constexpr Millis progress_kept = std::chrono::hours{1};
constexpr Millis delivered_kept = std::chrono::hours{24 * 7};
constexpr Millis dead_kept = std::chrono::hours{24 * 30};

constexpr std::string_view unsent_progress =
    "SELECT webhook_id, next_attempt_at FROM outbox "
    "WHERE state = 'pending' AND appid = $1 AND did = $2 AND stream = 'upgrade' "
    "AND msg_type = 'progress' AND upgrade_id = $3 ORDER BY seq LIMIT 100";
constexpr std::string_view newest_progress =
    "SELECT last_attempt_at FROM outbox WHERE did = $1 AND appid = $2 "
    "AND msg_type = 'progress' ORDER BY webhook_id DESC LIMIT 1";

Result<std::vector<WebhookId>> read_ids(Rows rows) {
    std::vector<WebhookId> ids;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return ids;
        ids.push_back(rows.name<WebhookId>(0));
    }
}

}  // namespace

void OutboxRows::touch() { session_.touch(Touched::outbox); }

Result<std::int64_t> OutboxRows::next_seq(Lane const& lane) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT seq FROM outbox WHERE state = 'pending' AND appid = $1 "
                              "AND did = $2 AND stream = $3 ORDER BY seq DESC LIMIT 1",
                              lane.appid, lane.did, lane.stream));
    TRY_ASSIGN(bool const waiting, rows.next());
    return waiting ? rows.number(0) + 1 : 0;
}

Result<void> OutboxRows::promote(Lane const& lane) {
    TRY(
        session_.change("UPDATE outbox SET head = 1 WHERE webhook_id = (SELECT webhook_id "
                        "FROM outbox WHERE state = 'pending' AND appid = $1 AND did = $2 "
                        "AND stream = $3 ORDER BY seq LIMIT 1) AND head = 0",
                        lane.appid, lane.did, lane.stream));
    return {};
}

Result<void> OutboxRows::remove(WebhookId const& id) {
    TRY(session_.change("DELETE FROM push_attempts WHERE webhook_id = $1", id));
    TRY(session_.change("DELETE FROM outbox WHERE webhook_id = $1", id));
    return {};
}

Result<void> OutboxRows::enqueue(NewMessage const& message) {
    // Behind what waits in its lane; the first one there stands at its head.
    TRY(session_.change(
        "INSERT INTO outbox (webhook_id, appid, did, stream, seq, msg_type, upgrade_id, body, "
        "state, head, attempts, tries, created_at, since, next_attempt_at) "
        "SELECT $1, $2, $3, $4, lane.seq, $5, $6, $7, 'pending', "
        "CASE WHEN lane.seq = 0 THEN 1 ELSE 0 END, 0, 0, $8, $8, $9 FROM "
        "(SELECT COALESCE((SELECT seq + 1 FROM outbox WHERE state = 'pending' AND appid = $2 "
        "AND did = $3 AND stream = $4 ORDER BY seq DESC LIMIT 1), 0) AS seq) AS lane",
        message.webhook_id, message.appid, message.did, word(push::stream_of(message.type)),
        word(message.type), message.upgrade, message.body, message.created_at, message.due_at));
    touch();
    return {};
}

void OutboxRows::expect_progress(AppId const& appid, Did const& did, UpgradeId upgrade) const {
    session_.expect(unsent_progress, appid, did, upgrade);
    session_.expect(newest_progress, did, appid);
}

Result<std::optional<Instant>> OutboxRows::last_progress(AppId const& appid, Did const& did) const {
    TRY_ASSIGN(auto rows, session_.query(newest_progress, did, appid));
    TRY_ASSIGN(bool const found, rows.next());
    if (!found) return std::optional<Instant>{};
    return rows.maybe_instant(0);
}

Result<std::optional<Instant>> OutboxRows::drop_progress(AppId const& appid, Did const& did,
                                                         UpgradeId upgrade) {
    std::vector<WebhookId> ids;
    std::optional<Instant> due_at;
    {
        TRY_ASSIGN(auto rows, session_.query(unsent_progress, appid, did, upgrade));
        for (;;) {
            TRY_ASSIGN(bool const more, rows.next());
            if (!more) break;
            ids.push_back(rows.name<WebhookId>(0));
            due_at = rows.maybe_instant(1);
        }
    }
    if (ids.empty()) return due_at;
    for (auto const& id : ids) TRY(remove(id));
    TRY(promote({.appid = appid, .did = did, .stream = "upgrade"}));
    return due_at;
}

Result<bool> OutboxRows::record(WebhookId const& id, push::Attempt const& attempt,
                                Fate const& fate) {
    auto const ended = attempt.at + Millis{attempt.duration_ms};
    auto const updated = [&]() -> Result<Rows> {
        if (auto const* again = std::get_if<TryAgain>(&fate)) {
            return session_.query(
                "UPDATE outbox SET attempts = attempts + 1, tries = tries + 1, "
                "next_attempt_at = $2, last_attempt_at = $3 "
                "WHERE webhook_id = $1 AND " IS_PENDING
                " "
                "RETURNING attempts, appid, did, stream",
                id, again->at, attempt.at);
        }
        if (std::holds_alternative<Delivered>(fate)) {
            return session_.query(
                "UPDATE outbox SET state = 'delivered', head = 0, attempts = attempts + 1, "
                "tries = tries + 1, next_attempt_at = NULL, last_attempt_at = $2, "
                "delivered_at = $3, expires_at = CASE WHEN msg_type = 'progress' "
                "THEN CAST($4 AS BIGINT) ELSE CAST($5 AS BIGINT) END "
                "WHERE webhook_id = $1 AND " IS_PENDING
                " "
                "RETURNING attempts, appid, did, stream",
                id, attempt.at, ended, ended + progress_kept, ended + delivered_kept);
        }
        return session_.query(
            "UPDATE outbox SET state = 'dead', head = 0, attempts = attempts + 1, "
            "tries = tries + 1, next_attempt_at = NULL, last_attempt_at = $2, expires_at = $3 "
            "WHERE webhook_id = $1 AND " IS_PENDING
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
    if (std::holds_alternative<Dropped>(fate)) {
        TRY(remove(id));
    } else {
        TRY(session_.change(
            "INSERT INTO push_attempts (webhook_id, nth, at, status, duration_ms, "
            "answer) VALUES ($1, $2, $3, $4, $5, $6)",
            id, nth, attempt.at, attempt.status, attempt.duration_ms, attempt.answer));
    }
    if (!std::holds_alternative<TryAgain>(fate)) TRY(promote(lane));
    return true;
}

Result<void> OutboxRows::postpone(WebhookId const& id, Instant at) {
    TRY(
        session_.change("UPDATE outbox SET next_attempt_at = $2 "
                        "WHERE webhook_id = $1 AND " IS_PENDING,
                        id, at));
    return {};
}

Result<std::int64_t> OutboxRows::give_up(AppId const& appid, push::Stream stream, Instant before,
                                         Instant due_before, Instant now, std::int64_t limit) {
    struct Old {
        WebhookId id;
        Did did;
        push::MsgType type;
    };
    std::vector<Old> old;
    {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT webhook_id, did, msg_type FROM outbox "
                                  "WHERE state = 'pending' AND head = 1 AND appid = $1 "
                                  "AND stream = $2 AND next_attempt_at <= $3 AND since <= $4 "
                                  "ORDER BY next_attempt_at, webhook_id LIMIT $5",
                                  appid, word(stream), due_before, before, limit));
        for (;;) {
            TRY_ASSIGN(bool const more, rows.next());
            if (!more) break;
            old.push_back(
                {rows.name<WebhookId>(0), rows.name<Did>(1), read_msg_type(rows.text(2))});
        }
    }
    for (auto const& message : old) {
        if (message.type == push::MsgType::progress) {
            TRY(remove(message.id));
        } else {
            TRY(
                session_.change("UPDATE outbox SET state = 'dead', head = 0, "
                                "next_attempt_at = NULL, expires_at = $2 WHERE webhook_id = $1",
                                message.id, now + dead_kept));
        }
        TRY(promote({.appid = appid, .did = message.did, .stream = std::string(word(stream))}));
    }
    return static_cast<std::int64_t>(old.size());
}

Result<std::int64_t> OutboxRows::pull_in(AppId const& appid, push::Stream stream, Instant horizon,
                                         Instant now, std::int64_t limit) {
    return session_.execute(
        "UPDATE outbox SET next_attempt_at = $4 WHERE webhook_id IN (SELECT webhook_id "
        "FROM outbox WHERE state = 'pending' AND head = 1 AND appid = $1 AND stream = $2 "
        "AND next_attempt_at > $3 ORDER BY next_attempt_at DESC, webhook_id DESC LIMIT $5)",
        appid, word(stream), horizon, now, limit);
}

Result<void> OutboxRows::replay(WebhookId const& id, Instant now) {
    Lane lane;
    bool pending = false;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT appid, did, stream, msg_type, state "
                                             "FROM outbox WHERE webhook_id = $1",
                                             id));
        TRY_ASSIGN(bool const found, rows.next());
        if (!found) return fail(Errc::not_found, "no such push");
        if (read_msg_type(rows.text(3)) == push::MsgType::progress) {
            return fail(Errc::conflict, "progress is a live signal and is not sent again");
        }
        lane = {.appid = rows.name<AppId>(0),
                .did = rows.name<Did>(1),
                .stream = std::string(rows.text(2))};
        pending = read_delivery_state(rows.text(4)) == push::DeliveryState::pending;
    }
    if (pending) {
        TRY(postpone(id, now));
    } else {
        TRY_ASSIGN(auto const seq, next_seq(lane));
        TRY(
            session_.change("UPDATE outbox SET state = 'pending', seq = $2, head = $3, tries = 0, "
                            "since = $4, next_attempt_at = $4, delivered_at = NULL, "
                            "expires_at = NULL WHERE webhook_id = $1",
                            id, seq, seq == 0, now));
    }
    touch();
    return {};
}

Result<std::int64_t> OutboxRows::sweep(Instant now, std::int64_t limit) {
    TRY_ASSIGN(auto rows, session_.query("SELECT webhook_id FROM outbox "
                                         "WHERE expires_at IS NOT NULL AND expires_at <= $1 "
                                         "ORDER BY expires_at, webhook_id LIMIT $2",
                                         now, limit));
    TRY_ASSIGN(auto const ids, read_ids(std::move(rows)));
    for (auto const& id : ids) TRY(remove(id));
    return static_cast<std::int64_t>(ids.size());
}

Result<std::int64_t> OutboxRows::drop_app(AppId const& appid, std::int64_t limit) {
    std::vector<WebhookId> ids;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT webhook_id FROM outbox "
                                             "WHERE state = 'pending' AND appid = $1 "
                                             "ORDER BY did, stream, seq LIMIT $2",
                                             appid, limit));
        TRY_ASSIGN(ids, read_ids(std::move(rows)));
    }
    for (auto const state : {push::DeliveryState::dead, push::DeliveryState::delivered}) {
        if (!ids.empty()) break;
        TRY_ASSIGN(auto rows, session_.query("SELECT webhook_id FROM outbox "
                                             "WHERE state <> 'pending' AND state = $1 "
                                             "AND appid = $2 ORDER BY webhook_id LIMIT $3",
                                             word(state), appid, limit));
        TRY_ASSIGN(ids, read_ids(std::move(rows)));
    }
    for (auto const& id : ids) TRY(remove(id));
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace updraft::sqlstore
