#include "sqlstore/tables/receivers_rows.h"

#include "ports/store.h"

namespace updraft::sqlstore {
namespace {

Receiver read_receiver(Rows const& rows) {
    return {.appid = rows.name<AppId>(0),
            .url = std::string(rows.text(1)),
            .failures = rows.number(2),
            .due_at = rows.maybe_instant(3),
            .pause = Millis{rows.number(4)}};
}

}  // namespace

Result<Receiver> ReceiversRows::find(AppId const& appid) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT appid, url, failures, due_at, pause_ms "
                                         "FROM receivers WHERE appid = $1",
                                         appid));
    TRY_ASSIGN(bool const found, rows.next());
    if (!found) return fail(Errc::not_found, "nothing is known of this app's receiver");
    return read_receiver(rows);
}

Result<std::vector<Receiver>> ReceiversRows::due(Instant now, std::int64_t limit) const {
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

Result<std::optional<Instant>> ReceiversRows::next_due(Instant now) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT due_at FROM receivers WHERE due_at IS NOT NULL "
                                         "AND due_at > $1 ORDER BY due_at, appid LIMIT 1",
                                         now));
    TRY_ASSIGN(bool const found, rows.next());
    if (!found) return std::optional<Instant>{};
    return rows.maybe_instant(0);
}

Result<void> ReceiversRows::put(Receiver const& receiver) {
    TRY(
        session_.change("INSERT INTO receivers (appid, url, failures, due_at, pause_ms) "
                        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (appid) DO UPDATE SET "
                        "url = excluded.url, failures = excluded.failures, "
                        "due_at = excluded.due_at, pause_ms = excluded.pause_ms",
                        receiver.appid, receiver.url, receiver.failures, receiver.due_at,
                        static_cast<std::int64_t>(receiver.pause.count())));
    session_.touch(Touched::outbox);
    return {};
}

Result<void> ReceiversRows::remove(AppId const& appid) {
    TRY(session_.change("DELETE FROM receivers WHERE appid = $1", appid));
    return {};
}

Result<std::int64_t> ReceiversRows::pull_in(Instant horizon, Instant now) {
    return session_.execute(
        "UPDATE receivers SET due_at = $2 "
        "WHERE due_at IS NOT NULL AND due_at > $1",
        horizon, now);
}

}  // namespace updraft::sqlstore
