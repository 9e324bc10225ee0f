#include "upgrade/history.h"

#include <algorithm>
#include <limits>

#include "fleet/ownership.h"
#include "ports/orders_table.h"
#include "ports/upgrade_lists_table.h"
#include "ports/upgrades_table.h"

namespace updraft::upgrade {
namespace {

constexpr Instant end_of_time{std::numeric_limits<std::int64_t>::max()};

// An operator's order may contain upgrades of several users, so it is read until the page is full:
// first the order's range of ids, then its later steps, which have higher ids.
Result<std::vector<Upgrade>> of_order(Tx const& tx, RunningAsk const& ask, OrderRow const& order) {
    std::vector<Upgrade> upgrades;
    if (order.open_id && order.open_id != ask.open_id) return upgrades;
    auto after = std::max(ask.after, UpgradeId{order.first.value - 1});
    while (std::ssize(upgrades) < ask.limit) {
        bool const in_range = after < order.last;
        auto stretch = in_range
                           ? tx.upgrade_lists().between(order.order_id, UpgradeId{after.value + 1},
                                                        order.last, ask.limit)
                           : tx.upgrade_lists().later_steps(order.order_id, after, ask.limit);
        if (!stretch) return pass(stretch);
        if (stretch->empty() && !in_range) return upgrades;
        after = stretch->empty() ? order.last : stretch->back().id;
        for (auto& one : *stretch) {
            if (std::ssize(upgrades) == ask.limit) break;
            if (one.open_id == ask.open_id) upgrades.push_back(std::move(one));
        }
    }
    return upgrades;
}

// The order's upgrades of one device: one, or one for each step.
Result<std::vector<Upgrade>> of_device_in(Tx const& tx, RunningAsk const& ask) {
    UpgradeFilter filter;
    filter.did = ask.did;
    filter.order_id = ask.order_id;
    PageAsk page{.after = std::nullopt, .limit = ask.limit};
    std::vector<Upgrade> upgrades;  // Newest first, as list() answers them.
    do {
        TRY_ASSIGN(auto found, tx.upgrade_lists().list(filter, page));
        for (auto& one : found.items) {
            if (one.open_id == ask.open_id && ask.after < one.id) {
                upgrades.push_back(std::move(one));
            }
        }
        page.after = std::move(found.next);
    } while (page.after);
    std::ranges::reverse(upgrades);
    if (std::ssize(upgrades) > ask.limit) upgrades.resize(static_cast<std::size_t>(ask.limit));
    return upgrades;
}

}  // namespace

Result<std::vector<HistoryEntry>> history(Tx const& tx, HistoryAsk const& ask) {
    if (ask.did) TRY(fleet::owned(tx, ask.open_id, *ask.did));
    FinishedAsk wanted{.open_id = ask.open_id,
                       .did = ask.did,
                       .order_id = ask.order_id,
                       .first = {},
                       .from = ask.finished_from.value_or(Instant{0}),
                       .before = ask.finished_before.value_or(end_of_time),
                       .skip = ask.skip,
                       .count = ask.count};
    if (ask.count <= 0) return std::vector<HistoryEntry>{};
    if (ask.order_id) {
        TRY_ASSIGN(auto const order, tx.orders().find(*ask.order_id));
        if (!order) return std::vector<HistoryEntry>{};
        wanted.first = order->first;
    }
    TRY_ASSIGN(auto finished, tx.upgrade_lists().finished(wanted));
    std::vector<HistoryEntry> entries;
    entries.reserve(finished.size());
    for (auto& one : finished) {
        entries.push_back(
            {std::move(one.upgrade), std::move(one.device_name), std::move(one.update_log)});
    }
    return entries;
}

Result<std::vector<Upgrade>> running(Tx const& tx, RunningAsk const& ask) {
    if (ask.did) TRY(fleet::owned(tx, ask.open_id, *ask.did));
    if (ask.order_id && ask.did) return of_device_in(tx, ask);
    if (ask.order_id) {
        TRY_ASSIGN(auto const order, tx.orders().find(*ask.order_id));
        return order ? of_order(tx, ask, *order) : std::vector<Upgrade>{};
    }
    if (!ask.did) return tx.upgrade_lists().running(ask.open_id, ask.after, ask.limit);
    std::vector<Upgrade> upgrades;
    TRY_ASSIGN(auto active, tx.upgrades().active_of(*ask.did));
    if (active && active->id > ask.after) upgrades.push_back(*std::move(active));
    return upgrades;
}

}  // namespace updraft::upgrade
