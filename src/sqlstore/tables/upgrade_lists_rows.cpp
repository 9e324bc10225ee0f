#include "sqlstore/tables/upgrade_lists_rows.h"

#include <algorithm>
#include <limits>

#include "sqlstore/tables/orders_rows.h"
#include "sqlstore/tables/upgrade_columns.h"
#include "text/whole_number.h"

// The upgrades from id $7 on, of order $4; of all orders when $4 is empty.
#define OF_ORDER "u.id >= $7 AND ($4 = '' OR u.order_id = $4) "

namespace updraft::sqlstore {
namespace {

// At most this many rows are read for one page of list(), when the filter has no index.
constexpr std::int64_t looked_at_max = 20'000;

constexpr std::int64_t id_max = std::numeric_limits<std::int32_t>::max();

Result<std::int64_t> read_cursor(std::optional<std::string> const& after) {
    if (!after) return id_max;
    auto const id = text::read_whole(*after);
    if (!id || *id < 0) return fail(Errc::invalid, "cursor is not one that this list gave");
    return *id;
}

bool wanted(UpgradeFilter const& filter, upgrade::Upgrade const& upgrade) {
    return (!filter.did || *filter.did == upgrade.did) &&
           (!filter.model || *filter.model == upgrade.model) &&
           (!filter.state || *filter.state == upgrade.state) &&
           (!filter.order_id || *filter.order_id == upgrade.order_id);
}

// Fills a page from the rows of one or several queries.
struct PageBuilder {
    Page<upgrade::Upgrade> page = {};
    std::int64_t last = 0;  // Id of the last row that was read.

    Result<void> take(Rows& rows, UpgradeFilter const& filter, std::int64_t limit) {
        for (std::int64_t looked_at = 0;; ++looked_at) {
            TRY_ASSIGN(auto const found, rows.next());
            if (!found) return {};
            if (std::ssize(page.items) == limit || looked_at == looked_at_max) {
                page.next = std::to_string(last);
                return {};
            }
            TRY_ASSIGN(auto upgrade, read_upgrade(rows));
            last = upgrade.id.value;
            if (wanted(filter, upgrade)) page.items.push_back(std::move(upgrade));
        }
    }
};

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

Result<Page<upgrade::Upgrade>> UpgradeListsRows::list(UpgradeFilter const& filter,
                                                      PageAsk const& ask) const {
    TRY_ASSIGN(auto const before, read_cursor(ask.after));
    auto lowest = UpgradeId{0};
    if (filter.order_id) {
        TRY_ASSIGN(auto const row, OrdersRows(session_).find(*filter.order_id));
        if (!row) return Page<upgrade::Upgrade>{};
        if (!filter.did) return list_of_order(*row, filter, before, ask.limit);
        lowest = row->first;
    }
    auto rows = filter.did ? session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS
                                            " FROM upgrades u "
                                            "WHERE u.did = $4 AND u.id >= $1 AND u.id < $2 "
                                            "ORDER BY u.id DESC LIMIT $3",
                                            lowest, before, looked_at_max + 1, *filter.did)
                           : session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS
                                            " FROM upgrades u "
                                            "WHERE u.id >= $1 AND u.id < $2 "
                                            "ORDER BY u.id DESC LIMIT $3",
                                            lowest, before, looked_at_max + 1);
    if (!rows) return pass(rows);
    PageBuilder builder;
    TRY(builder.take(*rows, filter, ask.limit));
    return std::move(builder.page);
}

// Later steps have higher ids, so they come first.
Result<Page<upgrade::Upgrade>> UpgradeListsRows::list_of_order(OrderRow const& row,
                                                               UpgradeFilter const& filter,
                                                               std::int64_t before,
                                                               std::int64_t limit) const {
    PageBuilder builder;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                                             "WHERE u.order_id = $1 AND u.step > 1 "
                                             "AND u.id > $4 AND u.id < $2 "
                                             "ORDER BY u.id DESC LIMIT $3",
                                             row.order_id, before, looked_at_max + 1, row.last));
        TRY(builder.take(rows, filter, limit));
    }
    if (builder.page.next) return std::move(builder.page);
    TRY_ASSIGN(auto rows,
               session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                              "WHERE u.id >= $1 AND u.id < $2 ORDER BY u.id DESC LIMIT $3",
                              row.first, std::min(before, row.last.value + 1), looked_at_max + 1));
    TRY(builder.take(rows, filter, limit));
    return std::move(builder.page);
}

}  // namespace updraft::sqlstore

#undef OF_ORDER
