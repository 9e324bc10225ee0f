// What is due and what is known of receivers: the questions that sending asks of the outbox.
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
constexpr std::string_view oldest_head =
    "SELECT MIN(created_at) FROM (SELECT created_at FROM outbox "
    "WHERE state = 'pending' AND head = 1 AND appid = $1 "
    "AND stream = 'upgrade' ORDER BY next_attempt_at, webhook_id "
    "LIMIT $2) AS heads";

// How many lanes of an app are hardly ever being worked on at once.
constexpr std::int64_t skipped_lanes = 256;

Receiver read_receiver(Rows const& rows) {
    return {.appid = rows.name<AppId>(0),
            .url = std::string(rows.text(1)),
            .failures = rows.number(2),
            .due_at = rows.maybe_instant(3),
            .pause = Millis{rows.number(4)}};
}

// Of a query that answers one number.
Result<std::int64_t> number_of(Result<Rows> rows) {
    if (!rows) return pass(rows);
    TRY_ASSIGN(bool const any, rows->next());
    return any ? rows->number(0) : 0;
}

}  // namespace

// From app to app along the index: one look-up each, however much waits in between.
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
    // A page more than once only when many lanes are being worked on.
    auto const page = ask.limit + skipped_lanes;
    while (std::ssize(messages) < ask.limit) {
        TRY_ASSIGN(
            auto rows,
            session_.query("SELECT webhook_id, did, msg_type, tries, since, body, "
                           "next_attempt_at FROM outbox "
                           "WHERE state = 'pending' AND head = 1 AND appid = $1 "
                           "AND stream = $2 AND next_attempt_at <= $3 "
                           "AND (next_attempt_at, webhook_id) > ($4, $5) "
                           "ORDER BY next_attempt_at, webhook_id LIMIT $6",
                           ask.appid, word(ask.stream), ask.now, after.first, after.second, page));
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
                                .since = rows.instant(4)});
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

Result<Receiver> OutboxRows::receiver(AppId const& appid) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT appid, url, failures, due_at, pause_ms "
                                         "FROM receivers WHERE appid = $1",
                                         appid));
    TRY_ASSIGN(bool const found, rows.next());
    if (!found) return fail(Errc::not_found, "nothing is known of this app's receiver");
    return read_receiver(rows);
}

Result<std::vector<Receiver>> OutboxRows::receivers_due(Instant now, std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT appid, url, failures, due_at, pause_ms "
                                         "FROM receivers WHERE due_at IS NOT NULL "
                                         "AND due_at <= $1 ORDER BY due_at, appid LIMIT $2",
                                         now, limit));
    std::vector<Receiver> receivers;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return receivers;
        receivers.push_back(read_receiver(rows));
    }
}

Result<std::optional<Instant>> OutboxRows::next_receiver_due(Instant now) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT due_at FROM receivers WHERE due_at IS NOT NULL "
                                         "AND due_at > $1 ORDER BY due_at, appid LIMIT 1",
                                         now));
    TRY_ASSIGN(bool const found, rows.next());
    if (!found) return std::optional<Instant>{};
    return rows.maybe_instant(0);
}

Result<void> OutboxRows::put_receiver(Receiver const& receiver) {
    TRY(
        session_.change("INSERT INTO receivers (appid, url, failures, due_at, pause_ms) "
                        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (appid) DO UPDATE SET "
                        "url = excluded.url, failures = excluded.failures, "
                        "due_at = excluded.due_at, pause_ms = excluded.pause_ms",
                        receiver.appid, receiver.url, receiver.failures, receiver.due_at,
                        static_cast<std::int64_t>(receiver.pause.count())));
    touch();
    return {};
}

Result<void> OutboxRows::remove_receiver(AppId const& appid) {
    TRY(session_.change("DELETE FROM receivers WHERE appid = $1", appid));
    return {};
}

Result<std::int64_t> OutboxRows::pull_in_receivers(Instant horizon, Instant now) {
    return session_.execute(
        "UPDATE receivers SET due_at = $2 "
        "WHERE due_at IS NOT NULL AND due_at > $1",
        horizon, now);
}

}  // namespace updraft::sqlstore
