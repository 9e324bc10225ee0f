// The columns of an upgrade, and reading them.
//
// Lives here: the columns in their order, reading them, and SQL that several files use.
// Not here:   the queries (tables/upgrades_rows.cpp, tables/upgrade_lists_rows.cpp,
//             tables/orders_rows.cpp).
#pragma once

#include <optional>
#include <vector>

#include "sqlstore/session.h"
#include "upgrade/upgrade.h"

// Columns of the table `upgrades` (named `u` in the query), in the order that read_upgrade()
// expects. Programs from before migration 18 write no origin; only their orders tell it.
#define UPDRAFT_UPGRADE_COLUMNS                                                              \
    "u.id, u.order_id, u.did, u.model, u.open_id, u.release_id, u.from_version, u.version, " \
    "u.state, u.resume_state, u.progress, u.figure, u.bytes_served, u.reports, u.cause, "    \
    "u.created_at, u.started_at, u.finished_at, u.due_at, u.step, "                          \
    "u.report_bytes, u.moved_at, u.ranges_served, "                                          \
    "COALESCE(u.origin, (SELECT CASE WHEN o.appid IS NULL THEN 'operator' ELSE 'user' END "  \
    "FROM orders o WHERE o.order_id = u.order_id), 'user'), u.forced, u.way_back"

// A look-up for each device instead of a join: without statistics the planner takes the tables for
// empty, and would read the whole table for a join.
#define UPDRAFT_ACTIVE_OF_D \
    "(SELECT a.id FROM upgrades a WHERE a.did = d.did AND a.finished_at IS NULL)"

namespace updraft::sqlstore {

inline constexpr int upgrade_columns = 26;

// The state in that column. Errc::corrupt when it is not the name of a state.
[[nodiscard]] Result<upgrade::State> state_column(Rows const& rows, int column);
// The upgrade of the current row; its columns begin at column 0.
[[nodiscard]] Result<upgrade::Upgrade> read_upgrade(Rows const& rows);
// The upgrade of the next row; nothing when there is no further row.
[[nodiscard]] Result<std::optional<upgrade::Upgrade>> one_upgrade(Rows& rows);
[[nodiscard]] Result<std::vector<upgrade::Upgrade>> all_upgrades(Rows& rows);

}  // namespace updraft::sqlstore
