// The queries of OutboxRows about due messages, and the counts of waiting ones.
#include <limits>
#include <utility>

#include "sqlstore/tables/outbox_rows.h"
#include "sqlstore/tables/outbox_words.h"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view counted_waiting =
    "SELECT COUNT(*), COUNT(CASE stream WHEN 'notice' THEN 1 END) FROM ("
    "SELECT stream FROM outbox WHERE state = 'pending' AND appid = $1 "
    "ORDER BY did, stream, seq LIMIT $2) AS counted";
// The device's model and version are of use for notices only.
constexpr std::string_view due_heads =
    "SELECT webhook_id, did, " UPDRAFT_MSG_TYPE
    ", tries, since, body, next_attempt_at, " UPDRAFT_IS_REVOKED
    ", created_at, "
    "(SELECT u.order_id FROM upgrades u WHERE u.id = outbox.upgrade_id), version, "
    "CASE WHEN stream = 'notice' "
    "THEN (SELECT d.model FROM devices d WHERE d.did = outbox.did) END, "
    "CASE WHEN stream = 'notice' "
    "THEN (SELECT d.version FROM devices d WHERE d.did = outbox.did) END, "
    "CASE WHEN stream = 'notice' "
    "THEN (SELECT d.offers_after FROM devices d WHERE d.did = outbox.did) END "
    "FROM outbox WHERE state = 'pending' AND head = 1 AND appid = $1 AND stream = $2 "
    "AND next_attempt_at <= $3 AND (next_attempt_at, webhook_id) > ($4, $5) "
    "ORDER BY next_attempt_at, webhook_id LIMIT $6";
constexpr std::string_view oldest_head =
    "SELECT MIN(created_at) FROM (SELECT created_at FROM outbox "
    "WHERE state = 'pending' AND head = 1 AND appid = $1 "
    "AND stream = 'upgrade' ORDER BY next_attempt_at, webhook_id "
    "LIMIT $2) AS heads";

// The number that a query answers in one row.
Result<std::int64_t> number_of(Result<Rows> rows) {
    if (!rows) return pass(rows);
    TRY_ASSIGN(bool const any, rows->next());
    return any ? rows->number(0) : 0;
}

}  // namespace

// Goes from app to app in the index: one look-up for each, independent of the number of messages.
Result<std::vector<AppId>> OutboxRows::apps_waiting(AppId const& after, std::int64_t limit) const {
    TRY_ASSIGN(auto rows,
               session_.query("WITH RECURSIVE waiting (appid) AS ("
                              "SELECT (SELECT o.appid FROM outbox o WHERE o.state = 'pending' "
                              "AND o.head = 1 AND o.appid > $1 ORDER BY o.appid LIMIT 1) "
                              "UNION ALL "
                              "SELECT (SELECT o.appid FROM outbox o WHERE o.state = 'pending' "
                              "AND o.head = 1 AND o.appid > waiting.appid "
                              "ORDER BY o.appid LIMIT 1) "
                              "FROM waiting WHERE waiting.appid IS NOT NULL) "
                              "SELECT appid FROM waiting WHERE appid IS NOT NULL LIMIT $2",
                              after, limit));
    std::vector<AppId> apps;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return apps;
        apps.push_back(rows.name<AppId>(0));
    }
}

Result<std::vector<DueMessage>> OutboxRows::due(DueAsk const& ask) const {
    std::vector<DueMessage> messages;
    auto after = std::pair(Instant{std::numeric_limits<std::int64_t>::min()}, WebhookId{});
    auto const page = ask.limit + ask.skipped_max;
    while (std::ssize(messages) < ask.limit) {
        TRY_ASSIGN(auto rows, session_.query(due_heads, ask.appid, word(ask.stream), ask.now,
                                             after.first, after.second, page));
        std::int64_t looked_at = 0;
        for (; std::ssize(messages) < ask.limit; ++looked_at) {
            TRY_ASSIGN(bool const more, rows.next());
            if (!more) break;
            after = {rows.instant(6), rows.name<WebhookId>(0)};
            if (ask.skip && ask.skip(rows.text(1))) continue;
            messages.push_back({.webhook_id = after.second,
                                .did = rows.name<Did>(1),
                                .type = read_msg_type(rows.text(2)),
                                .body = std::string(rows.text(5)),
                                .tries = rows.number(3),
                                .since = rows.instant(4),
                                .created_at = rows.instant(8),
                                .order_id = rows.maybe_name<OrderId>(9),
                                .version = rows.maybe_name<Version>(10),
                                .model = rows.maybe_name<ModelName>(11),
                                .runs = rows.maybe_name<Version>(12),
                                .offers_after = rows.maybe_id<ReleaseId>(13),
                                .revoked = rows.truth(7)});
        }
        if (looked_at < page) break;
    }
    return messages;
}

Result<std::optional<Instant>> OutboxRows::next_due(AppId const& appid, push::Stream stream,
                                                    Instant now) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT next_attempt_at FROM outbox WHERE state = 'pending' "
                              "AND head = 1 AND appid = $1 AND stream = $2 "
                              "AND next_attempt_at > $3 "
                              "ORDER BY next_attempt_at, webhook_id LIMIT 1",
                              appid, word(stream), now));
    TRY_ASSIGN(bool const more, rows.next());
    if (!more) return std::optional<Instant>{};
    return rows.maybe_instant(0);
}

Result<std::int64_t> OutboxRows::waiting_notices(AppId const& appid, std::int64_t max) const {
    return number_of(session_.query(
        "SELECT COUNT(*) FROM (SELECT webhook_id FROM outbox WHERE state = 'pending' AND head = 1 "
        "AND appid = $1 AND stream = 'notice' "
        "ORDER BY next_attempt_at, webhook_id LIMIT $2) AS counted",
        appid, max));
}

Result<std::optional<Instant>> OutboxRows::oldest_waiting(std::span<AppId const> apps,
                                                          std::int64_t limit) const {
    for (auto const& appid : apps) session_.expect(oldest_head, appid, limit);
    std::optional<Instant> oldest;
    for (auto const& appid : apps) {
        TRY_ASSIGN(auto rows, session_.query(oldest_head, appid, limit));
        TRY_ASSIGN(bool const any, rows.next());
        auto const head = any ? rows.maybe_instant(0) : std::nullopt;
        if (head && (!oldest || *head < *oldest)) oldest = head;
    }
    return oldest;
}

Result<OutboxDepth> OutboxRows::depth() const {
    static constexpr std::int64_t apps_max = 10'000;
    static constexpr std::int64_t heads_max = 10'000;
    OutboxDepth depth;
    TRY_ASSIGN(auto const apps, apps_waiting({}, apps_max));
    for (auto const& appid : apps) {
        session_.expect(counted_waiting, appid, OutboxDepth::counted_max);
    }
    for (auto const& appid : apps) {
        TRY_ASSIGN(auto rows, session_.query(counted_waiting, appid, OutboxDepth::counted_max));
        TRY(rows.next());
        depth.notices += rows.number(1);
        depth.upgrade_messages += rows.number(0) - rows.number(1);
    }
    TRY_ASSIGN(depth.oldest_result, oldest_waiting(apps, heads_max));
    TRY_ASSIGN(depth.dead,
               number_of(session_.query("SELECT COUNT(*) FROM (SELECT webhook_id FROM outbox "
                                        "WHERE state <> 'pending' AND state = 'dead' "
                                        "ORDER BY appid, webhook_id LIMIT $1) AS counted",
                                        OutboxDepth::counted_max)));
    return depth;
}

}  // namespace updraft::sqlstore
