#include "sqlstore/tables/upgrade_lists_rows.h"

#include <limits>

#include "sqlstore/tables/orders_rows.h"
#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/upgrade_columns.h"

// The upgrades from id $7 on, of order $4; of all orders when $4 is empty.
#define OF_ORDER "u.id >= $7 AND ($4 = '' OR u.order_id = $4) "

namespace updraft::sqlstore {
namespace {

constexpr std::int64_t id_max = std::numeric_limits<std::int64_t>::max();

#define SELECT_UPGRADES "SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u WHERE "

// The upgrade of the current row; nothing when the filter does not accept it.
Result<std::optional<upgrade::Upgrade>> accepted_upgrade(UpgradeFilter const& filter,
                                                         Rows const& row) {
    TRY_ASSIGN(auto one, read_upgrade(row));
    auto const fits = (!filter.did || *filter.did == one.did) &&
                      (!filter.model || *filter.model == one.model) &&
                      (!filter.state || *filter.state == one.state) &&
                      (!filter.order_id || *filter.order_id == one.order_id) &&
                      (!filter.cause || word(*filter.cause) == upgrade::word_of(one.cause)) &&
                      (!filter.release_id || *filter.release_id == one.release_id) &&
                      (!filter.open_id || filter.open_id == one.open_id) &&
                      (!filter.since || one.created_at >= *filter.since) &&
                      (!filter.until || one.created_at < *filter.until);
    if (!fits) return std::nullopt;
    return one;
}

// Upgrades in falling order of a column that is before the id in the index, then of the id: `sql`
// names the upper bounds $1 and $2 of both, and the limit $3.
template <class... Keys>
Stretch by_column(Session& session, std::string_view name, int column, std::string_view sql,
                  Keys... keys) {
    Stretch stretch{.name = name, .values = 2};
    stretch.rows = [&session, sql, keys...](Place const& after,
                                            std::int64_t limit) -> Result<Rows> {
        TRY_ASSIGN(auto const bound, number_at(after, 0, id_max));
        TRY_ASSIGN(auto const before, number_at(after, 1, id_max));
        return session.query(sql, bound, before, limit, keys...);
    };
    stretch.place = [column](Rows const& row) {
        return Place{std::to_string(row.number(column)), std::to_string(row.number(0))};
    };
    return stretch;
}

constexpr int release_column = 5;
constexpr int created_column = 15;
constexpr int finished_column = 17;

std::vector<Stretch> of_user(Session& session, OpenId const& open_id) {
    return {newest_first(session, "running",
                         SELECT_UPGRADES "u.open_id = $3 AND u.finished_at IS NULL AND u.id < $1 "
                                         "ORDER BY u.finished_at DESC, u.id DESC LIMIT $2",
                         open_id),
            by_column(session, "ended", finished_column,
                      SELECT_UPGRADES "u.open_id = $4 AND (u.finished_at, u.id) < ($1, $2) "
                                      "ORDER BY u.finished_at DESC, u.id DESC LIMIT $3",
                      open_id)};
}

// Later steps have higher ids, so they come first.
std::vector<Stretch> of_order(Session& session, OrderRow const& order) {
    auto range = newest_first(session, "order",
                              SELECT_UPGRADES
                              "u.id < $1 AND u.id >= $3 "
                              "ORDER BY u.id DESC LIMIT $2",
                              order.first);
    // One upper bound only: SQLite would choose one of two.
    range.rows = [rows = range.rows, last = order.last](Place const& after, std::int64_t limit) {
        return rows(after.empty() ? Place{std::to_string(last.value + 1)} : after, limit);
    };
    return {newest_first(session, "steps",
                         SELECT_UPGRADES "u.order_id = $3 AND u.step > 1 AND u.id > $4 "
                                         "AND u.id < $1 ORDER BY u.id DESC LIMIT $2",
                         order.order_id, order.last),
            std::move(range)};
}

// Upgrades that have not ended, by the index that guarantees one for each device.
Stretch that_run(Session& session) {
    Stretch stretch{.name = "active"};
    stretch.rows = [&session](Place const& after, std::int64_t limit) {
        return session.query(SELECT_UPGRADES
                             "u.finished_at IS NULL AND u.did > $1 "
                             "ORDER BY u.did LIMIT $2",
                             text_at(after, 0, ""), limit);
    };
    stretch.place = [](Rows const& row) { return Place{std::string(row.text(2))}; };
    return stretch;
}

bool ended_badly(upgrade::State state) {
    return is_final(state) && state != upgrade::State::succeeded;
}

// Of a model's release, or of all its releases.
Stretch of_model(Session& session, ModelName const& model, std::optional<ReleaseId> release) {
    if (release) {
        return newest_first(session, "release",
                            SELECT_UPGRADES
                            "u.model = $3 AND u.release_id = $4 AND u.id < $1 "
                            "ORDER BY u.id DESC LIMIT $2",
                            model, *release);
    }
    return by_column(session, "model", release_column,
                     SELECT_UPGRADES
                     "u.model = $4 AND (u.release_id, u.id) < ($1, $2) "
                     "ORDER BY u.release_id DESC, u.id DESC LIMIT $3",
                     model);
}

// Ids grow with the time of creation, except that requests overtake each other and clocks are set:
// by less than `disorder_time`, or for at most `disorder_rows` upgrades in a row.
constexpr Millis disorder_time = std::chrono::hours{1};
constexpr std::int64_t disorder_rows = 1'000;

// The lowest id from which on upgrades were created at that time or later.
Result<std::int64_t> first_id_from(Session& session, Instant time) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    {
        TRY_ASSIGN(auto rows, session.query("SELECT id FROM upgrades WHERE id > 0 "
                                            "ORDER BY id DESC LIMIT 1"));
        TRY_ASSIGN(auto const found, rows.next());
        if (found) high = rows.number(0) + 1;
    }
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        std::optional<std::int64_t> earlier;
        TRY_ASSIGN(auto rows, session.query("SELECT id, created_at FROM upgrades WHERE id >= $1 "
                                            "ORDER BY id LIMIT $2",
                                            middle, disorder_rows));
        while (!earlier) {
            TRY_ASSIGN(auto const found, rows.next());
            if (!found) break;
            if (rows.instant(1) < time) earlier = rows.number(0);
        }
        if (earlier) {
            low = *earlier + 1;
        } else {
            high = middle;
        }
    }
    return high;
}

Stretch of_time(Session& session, UpgradeFilter const& filter) {
    auto stretch =
        newest_first(session, "time", SELECT_UPGRADES "u.id < $1 ORDER BY u.id DESC LIMIT $2");
    if (filter.since) {
        auto const earliest = *filter.since - disorder_time;
        stretch.ends = [earliest, earlier = std::int64_t{0}](Rows const& row) mutable {
            earlier = row.instant(created_column) < earliest ? earlier + 1 : 0;
            return earlier > disorder_rows;
        };
    }
    if (filter.until) {
        stretch.rows = [&session, rows = stretch.rows, until = *filter.until](
                           Place const& after, std::int64_t limit) -> Result<Rows> {
            if (!after.empty()) return rows(after, limit);
            TRY_ASSIGN(auto const first, first_id_from(session, until + disorder_time));
            return rows(Place{std::to_string(first)}, limit);
        };
    }
    return stretch;
}

// Where no field needs a look-up of its own: by the most selective field that has an index.
std::vector<Stretch> upgrade_stretches(Session& session, UpgradeFilter const& filter) {
    if (filter.did) {
        return {newest_first(session, "did",
                             SELECT_UPGRADES "u.did = $3 AND u.id < $1 ORDER BY u.id DESC LIMIT $2",
                             *filter.did)};
    }
    if (filter.open_id) return of_user(session, *filter.open_id);
    if (filter.state && !is_final(*filter.state)) return {that_run(session)};
    if (filter.cause) {
        return {newest_first(session, "cause",
                             SELECT_UPGRADES "SUBSTR(u.cause, 1, 5) = $3 AND u.cause <> '' "
                                             "AND u.id < $1 ORDER BY u.id DESC LIMIT $2",
                             word(*filter.cause).substr(0, 5))};
    }
    if (filter.state && ended_badly(*filter.state)) {
        return {newest_first(session, "bad",
                             SELECT_UPGRADES
                             "u.finished_at IS NOT NULL AND u.state <> 'succeeded' "
                             "AND u.state = $3 AND u.id < $1 ORDER BY u.id DESC LIMIT $2",
                             word(*filter.state))};
    }
    if (filter.model) return {of_model(session, *filter.model, filter.release_id)};
    if (filter.since || filter.until) return {of_time(session, filter)};
    return {newest_first(session, "all", SELECT_UPGRADES "u.id < $1 ORDER BY u.id DESC LIMIT $2")};
}

}  // namespace

Result<std::vector<upgrade::Upgrade>> UpgradeListsRows::running(OpenId const& open_id,
                                                                UpgradeId after,
                                                                std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                                         "WHERE u.open_id = $1 AND u.finished_at IS NULL "
                                         "AND u.id > $2 ORDER BY u.finished_at, u.id LIMIT $3",
                                         open_id, after, limit));
    return all_upgrades(rows);
}

Result<std::vector<upgrade::Upgrade>> UpgradeListsRows::between(OrderId const& order_id,
                                                                UpgradeId first, UpgradeId last,
                                                                std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                                         "WHERE u.id >= $1 AND u.id <= $2 AND u.order_id = $4 "
                                         "ORDER BY u.id LIMIT $3",
                                         first, last, limit, order_id));
    return all_upgrades(rows);
}

Result<std::vector<upgrade::Upgrade>> UpgradeListsRows::later_steps(OrderId const& order_id,
                                                                    UpgradeId after,
                                                                    std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                                         "WHERE u.order_id = $1 AND u.step > 1 AND u.id > $2 "
                                         "ORDER BY u.id LIMIT $3",
                                         order_id, after, limit));
    return all_upgrades(rows);
}

// Of one device, the order by id is the order by end, because at most one upgrade is active.
Result<std::vector<FinishedUpgrade>> UpgradeListsRows::finished(FinishedAsk const& ask) const {
    auto const order = ask.order_id.value_or(OrderId{});
    auto rows =
        ask.did ? session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS
                                 ", d.name, r.update_log FROM upgrades u "
                                 "LEFT JOIN devices d ON d.did = u.did AND d.open_id = u.open_id "
                                 "LEFT JOIN releases r ON r.id = u.release_id "
                                 "WHERE u.did = $8 AND u.open_id = $1 AND u.finished_at >= $2 "
                                 "AND u.finished_at < $3 AND " OF_ORDER
                                 "ORDER BY u.id DESC LIMIT $5 OFFSET $6",
                                 ask.open_id, ask.from, ask.before, order, ask.count, ask.skip,
                                 ask.first, *ask.did)
                : session_.query(
                      "SELECT " UPDRAFT_UPGRADE_COLUMNS
                      ", d.name, r.update_log FROM upgrades u "
                      "LEFT JOIN devices d ON d.did = u.did AND d.open_id = u.open_id "
                      "LEFT JOIN releases r ON r.id = u.release_id "
                      "WHERE u.open_id = $1 AND u.finished_at >= $2 AND u.finished_at < $3 "
                      "AND " OF_ORDER "ORDER BY u.finished_at DESC, u.id DESC LIMIT $5 OFFSET $6",
                      ask.open_id, ask.from, ask.before, order, ask.count, ask.skip, ask.first);
    if (!rows) return pass(rows);
    std::vector<FinishedUpgrade> finished;
    while (true) {
        TRY_ASSIGN(auto const found, rows->next());
        if (!found) return finished;
        TRY_ASSIGN(auto upgrade, read_upgrade(*rows));
        finished.push_back({.upgrade = std::move(upgrade),
                            .device_name = rows->maybe_text(upgrade_columns).value_or(""),
                            .update_log = rows->maybe_text(upgrade_columns + 1).value_or("")});
    }
}

Result<Page<upgrade::Upgrade>> UpgradeListsRows::list(UpgradeFilter const& wanted,
                                                      PageAsk const& ask) const {
    auto filter = wanted;
    if (filter.release_id && !filter.model) {
        TRY_ASSIGN(filter.model, model_of(*filter.release_id));
        if (!filter.model) return Page<upgrade::Upgrade>{};
    }
    std::optional<OrderRow> order;
    if (filter.order_id) {
        TRY_ASSIGN(order, OrdersRows(session_).find(*filter.order_id));
        if (!order) return Page<upgrade::Upgrade>{};
    }
    auto const stretches =
        order && !filter.did ? of_order(session_, *order) : upgrade_stretches(session_, filter);
    auto const read = [&](Rows const& row) { return accepted_upgrade(filter, row); };
    return page_of_stretches<upgrade::Upgrade>(stretches, ask, read);
}

Result<std::optional<ModelName>> UpgradeListsRows::model_of(ReleaseId release) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT model FROM releases WHERE id = $1", release));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return rows.name<ModelName>(0);
}

}  // namespace updraft::sqlstore

#undef OF_ORDER
#undef SELECT_UPGRADES
