#include "sqlstore/tables/upgrade_columns.h"

namespace updraft::sqlstore {

Result<upgrade::State> state_column(Rows const& rows, int column) {
    auto const state = upgrade::read_state(rows.text(column));
    if (!state) return fail(Errc::corrupt, "an upgrade is in a state that nobody knows");
    return *state;
}

Result<upgrade::Upgrade> read_upgrade(Rows const& rows) {
    upgrade::Upgrade read;
    read.id = rows.id<UpgradeId>(0);
    read.order_id = rows.name<OrderId>(1);
    read.did = rows.name<Did>(2);
    read.model = rows.name<ModelName>(3);
    read.open_id = rows.maybe_name<OpenId>(4);
    read.release_id = rows.id<ReleaseId>(5);
    read.from_version = rows.name<Version>(6);
    read.version = rows.name<Version>(7);
    TRY_ASSIGN(read.state, state_column(rows, 8));
    TRY_ASSIGN(read.resume_state, state_column(rows, 9));
    read.progress = static_cast<int>(rows.number(10));
    read.figure = static_cast<upgrade::Figure>(rows.number(11));
    read.bytes_served = rows.number(12);
    read.reports = rows.number(13);
    read.cause = std::string(rows.text(14));
    read.created_at = rows.instant(15);
    read.started_at = rows.maybe_instant(16);
    read.finished_at = rows.maybe_instant(17);
    read.due_at = rows.maybe_instant(18);
    read.step = rows.number(19);
    read.report_bytes = rows.number(20);
    read.moved_at = rows.maybe_instant(21);
    read.ranges_served = rows.number(22);
    read.origin = upgrade::read_origin(rows.text(23)).value_or(upgrade::Origin::user);
    read.forced = rows.truth(24);
    read.way_back = rows.truth(25);
    return read;
}

Result<std::optional<upgrade::Upgrade>> one_upgrade(Rows& rows) {
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    TRY_ASSIGN(auto read, read_upgrade(rows));
    return read;
}

Result<std::vector<upgrade::Upgrade>> all_upgrades(Rows& rows) {
    std::vector<upgrade::Upgrade> upgrades;
    while (true) {
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) return upgrades;
        TRY_ASSIGN(auto read, read_upgrade(rows));
        upgrades.push_back(std::move(read));
    }
}

}  // namespace updraft::sqlstore
