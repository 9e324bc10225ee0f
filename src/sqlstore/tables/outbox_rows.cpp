#include "sqlstore/tables/outbox_rows.h"

#include "ports/store.h"
#include "sqlstore/tables/outbox_lanes.h"
#include "sqlstore/tables/outbox_words.h"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view unsent_progress =
    "SELECT webhook_id, next_attempt_at FROM outbox "
    "WHERE state = 'pending' AND appid = $1 AND did = $2 AND stream = 'upgrade' "
    "AND msg_type = 'progress' AND upgrade_id = $3 ORDER BY seq LIMIT 100";
constexpr std::string_view newest_progress =
    "SELECT last_attempt_at FROM outbox WHERE did = $1 AND appid = $2 "
    "AND msg_type = 'progress' ORDER BY webhook_id DESC LIMIT 1";

}  // namespace

Result<void> OutboxRows::enqueue(NewMessage const& message) {
    auto const withdrawn = message.type == push::MsgType::withdrawn;
    // Appends the message to its lane; if the lane was empty, the message is its head.
    TRY(session_.change(
        "INSERT INTO outbox (webhook_id, appid, did, stream, seq, msg_type, upgrade_id, body, "
        "state, head, attempts, tries, created_at, since, next_attempt_at, open_id, granted_at, "
        "version, withdrawn) "
        "SELECT $1, $2, $3, $4, lane.seq, $5, $6, $7, 'pending', "
        "CASE WHEN lane.seq = 0 THEN 1 ELSE 0 END, 0, 0, $8, $8, $9, $10, "
        "(SELECT g.created_at FROM grants g WHERE g.appid = $2 AND g.open_id = $10), $11, $12 FROM "
        "(SELECT COALESCE((SELECT seq + 1 FROM outbox WHERE state = 'pending' AND appid = $2 "
        "AND did = $3 AND stream = $4 ORDER BY seq DESC LIMIT 1), 0) AS seq) AS lane",
        message.webhook_id, message.appid, message.did, word(push::stream_of(message.type)),
        word(withdrawn ? push::MsgType::new_firmware : message.type), message.upgrade, message.body,
        message.created_at, message.due_at, message.open_id, message.version, withdrawn));
    session_.touch(Touched::outbox);
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
    for (auto const& id : ids) TRY(remove_message(session_, id));
    TRY(promote(session_, {.appid = appid, .did = did, .stream = "upgrade"}));
    return due_at;
}

Result<void> OutboxRows::postpone(WebhookId const& id, Instant at) {
    return postpone_message(session_, id, at);
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
                   session_.query("SELECT webhook_id, did, " UPDRAFT_MSG_TYPE " FROM outbox "
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
            TRY(remove_message(session_, message.id));
        } else {
            TRY(
                session_.change("UPDATE outbox SET state = 'dead', head = 0, "
                                "next_attempt_at = NULL, expires_at = $2 WHERE webhook_id = $1",
                                message.id, now + dead_kept));
        }
        TRY(promote(session_,
                    {.appid = appid, .did = message.did, .stream = std::string(word(stream))}));
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

}  // namespace updraft::sqlstore
