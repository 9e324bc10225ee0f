#include "sqlstore/tables/upgrades_rows.h"

#include <algorithm>
#include <set>

#include "ports/store.h"
#include "sqlstore/tables/name_list.h"
#include "sqlstore/tables/orders_rows.h"
#include "sqlstore/tables/sequences.h"
#include "sqlstore/tables/upgrade_columns.h"
#include "text/whole_number.h"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view sequence = "upgrades";

constexpr std::string_view one_by_id =
    "SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u WHERE u.id = $1";
constexpr std::string_view active_one =
    "SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u WHERE u.did = $1 AND u.finished_at IS NULL";
constexpr std::string_view active_id =
    "SELECT id FROM upgrades WHERE did = $1 AND finished_at IS NULL";

// The active upgrades of the devices that the condition behind them names.
#define FAMILY_COLUMNS                        \
    "SELECT " UPDRAFT_UPGRADE_COLUMNS         \
    ", d.gateway_did, d.open_id, d.version, " \
    "d.offers_after, d.last_seen FROM devices d JOIN upgrades u ON u.id = " UPDRAFT_ACTIVE_OF_D
#define SUB_DEVICES FAMILY_COLUMNS " WHERE d.gateway_did "
#define GATEWAYS FAMILY_COLUMNS " WHERE d.did "

// A device without a gateway is of its own family.
Result<void> read_family(Rows& rows, std::vector<FamilyUpgrade>& found) {
    while (true) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return {};
        TRY_ASSIGN(auto upgrade, read_upgrade(rows));
        auto gateway = rows.maybe_name<Did>(upgrade_columns);
        if (!gateway) gateway = upgrade.did;
        found.push_back({.upgrade = std::move(upgrade),
                         .family = *std::move(gateway),
                         .open_id = rows.maybe_name<OpenId>(upgrade_columns + 1),
                         .runs = rows.name<Version>(upgrade_columns + 2),
                         .offers_after = rows.maybe_id<ReleaseId>(upgrade_columns + 3),
                         .last_seen = rows.maybe_instant(upgrade_columns + 4)});
    }
}

// "0-99 200-299".
std::string ranges_text(ByteSet const& bytes) {
    std::string text;
    for (auto const& range : bytes.ranges()) {
        if (!text.empty()) text += ' ';
        text += std::to_string(range.from) + '-' + std::to_string(range.to - 1);
    }
    return text;
}

Result<ByteSet> read_ranges(std::string_view rest) {
    ByteSet bytes;
    while (!rest.empty()) {
        auto const end = std::min(rest.find(' '), rest.size());
        auto const range = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto const dash = std::min(range.find('-'), range.size());
        auto const first = text::read_whole(range.substr(0, dash));
        auto const last = text::read_whole(range.substr(std::min(dash + 1, range.size())));
        if (!first || !last) return fail(Errc::corrupt, "stored ranges of bytes are unreadable");
        bytes.add({*first, *last + 1});
    }
    return bytes;
}

}  // namespace

Result<upgrade::Upgrade> UpgradesRows::find(UpgradeId id) const {
    TRY_ASSIGN(auto rows, session_.query(one_by_id, id));
    TRY_ASSIGN(auto found, one_upgrade(rows));
    if (!found) return fail(Errc::not_found, "no such upgrade");
    return *std::move(found);
}

void UpgradesRows::expect(UpgradeId id) const { session_.expect(one_by_id, id); }

void UpgradesRows::expect_active_of(Did const& did) const { session_.expect(active_one, did); }

Result<std::optional<upgrade::Upgrade>> UpgradesRows::active_of(Did const& did) const {
    TRY_ASSIGN(auto rows, session_.query(active_one, did));
    return one_upgrade(rows);
}

void UpgradesRows::expect_active_id_of(Did const& did) const { session_.expect(active_id, did); }

Result<std::optional<UpgradeId>> UpgradesRows::active_id_of(Did const& did) const {
    TRY_ASSIGN(auto rows, session_.query(active_id, did));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return rows.id<UpgradeId>(0);
}

// One gateway, the usual case, has a text of its own: fifty names cost more than its rows.
Result<std::vector<FamilyUpgrade>> UpgradesRows::of_families(std::span<Did const> gateways,
                                                             std::int64_t limit) const {
    std::vector<FamilyUpgrade> found;
    auto const read = [&](Result<Rows> rows) -> Result<void> {
        if (!rows) return pass(rows);
        return read_family(*rows, found);
    };
    if (gateways.size() == 1) {
        TRY(read(session_.query(SUB_DEVICES "= $1 ORDER BY d.did LIMIT $2", gateways[0], limit)));
        TRY(read(session_.query(GATEWAYS "= $1 ORDER BY d.did LIMIT $2", gateways[0], limit)));
        return found;
    }
    static std::string const subs = SUB_DEVICES "IN " + name_places(2) + " LIMIT $1";
    static std::string const own = GATEWAYS "IN " + name_places(2) + " LIMIT $1";
    while (!gateways.empty()) {
        std::vector<Param> params{limit};
        take_names(gateways, params);
        TRY(read(session_.query_params(subs, params)));
        TRY(read(session_.query_params(own, params)));
    }
    return found;
}

Result<std::vector<upgrade::Upgrade>> UpgradesRows::running_of(ReleaseId release,
                                                               RunningCursor const& after,
                                                               std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                                         "WHERE u.due_at >= $2 AND (u.due_at, u.id) > ($2, $3) "
                                         "AND u.release_id = $1 "
                                         "ORDER BY u.due_at, u.id LIMIT $4",
                                         release, after.due_at, after.id, limit));
    return all_upgrades(rows);
}

Result<bool> UpgradesRows::started_by_itself(Did const& did, ReleaseId release) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT id FROM upgrades WHERE did = $1 "
                                         "AND release_id = $2 AND origin = 'auto' "
                                         "ORDER BY id LIMIT 1",
                                         did, release));
    return rows.next();
}

Result<std::vector<upgrade::Upgrade>> UpgradesRows::due(Instant now, std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_UPGRADE_COLUMNS " FROM upgrades u "
                                         "WHERE u.due_at <= $1 "
                                         "ORDER BY u.due_at, u.id LIMIT $2",
                                         now, limit));
    return all_upgrades(rows);
}

Result<std::optional<Instant>> UpgradesRows::next_due() const {
    TRY_ASSIGN(auto rows, session_.query("SELECT due_at FROM upgrades WHERE due_at > 0 "
                                         "ORDER BY due_at, id LIMIT 1"));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return rows.instant(0);
}

Result<UpgradeId> UpgradesRows::open(upgrade::Upgrade const& upgrade) {
    TRY_ASSIGN(auto const number, take_numbers(session_, sequence));
    auto const id = UpgradeId{nth_device_safe_id(number)};
    auto const opened = session_.change(
        "INSERT INTO upgrades (id, order_id, did, model, open_id, release_id, from_version, "
        "version, state, resume_state, progress, figure, bytes_served, reports, cause, "
        "created_at, due_at, step, origin, forced, way_back) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 'queued', 0, "
        "0, 0, 0, '', $9, $10, $11, $12, $13, $14)",
        id, upgrade.order_id, upgrade.did, upgrade.model, upgrade.open_id, upgrade.release_id,
        upgrade.from_version, upgrade.version, upgrade.created_at, upgrade.due_at, upgrade.step,
        word(upgrade.origin), upgrade.forced, upgrade.way_back);
    if (!opened) {
        if (opened.error().code != Errc::conflict)
            return fail(opened.error().code, opened.error().detail);
        return fail(Errc::conflict, "the device has an active upgrade");
    }
    session_.touch(Touched::upgrades);
    return id;
}

Result<OpenedMany> UpgradesRows::open_many(OpenMany const& wanted) {
    if (wanted.count == 0) return OpenedMany{};
    TRY_ASSIGN(auto const base, take_numbers(session_, sequence, wanted.count));
    // n / 9 * 10 + n % 9 + 11 is nth_device_safe_id(n).
    TRY_ASSIGN(
        auto const count,
        session_.execute(
            "INSERT INTO upgrades (id, order_id, did, model, open_id, release_id, from_version, "
            "version, state, resume_state, progress, figure, bytes_served, reports, cause, "
            "created_at, due_at, step, origin) "
            "SELECT n / 9 * 10 + n % 9 + 11, $1, did, $2, $3, $4, $5, $6, 'queued', 'queued', 0, "
            "0, 0, 0, '', $7, $8, $10, 'user' FROM ("
            "SELECT d.did AS did, $9 + ROW_NUMBER() OVER (ORDER BY d.did) - 1 AS n "
            "FROM devices d WHERE d.open_id = $3 AND d.did > $11 AND d.did <= $12 "
            "AND d.model = $2 AND d.version = $5 AND COALESCE(d.offers_after, 0) = $13 "
            "AND " UPDRAFT_ACTIVE_OF_D " IS NULL) AS chosen WHERE n >= $9",
            wanted.order_id, wanted.model, wanted.open_id, wanted.release_id, wanted.from_version,
            wanted.version, wanted.now, wanted.due_at, base, wanted.step, wanted.after,
            wanted.until, wanted.offers_after.value_or(ReleaseId{0})));
    if (count != wanted.count) {
        return fail(Errc::internal, "an order opened not what it had counted");
    }
    session_.touch(Touched::upgrades);
    return OpenedMany{.count = count,
                      .first = {nth_device_safe_id(base)},
                      .last = {nth_device_safe_id(base + count - 1)}};
}

// Two statements: the first one sets no indexed column, so that a change of the progress alone
// updates no index.
Result<void> UpgradesRows::move(upgrade::Upgrade const& before, upgrade::Upgrade const& after) {
    auto const state = word(after.state);
    auto const resume = word(after.resume_state);
    auto const figure = static_cast<std::int64_t>(after.figure);
    auto const in_place = before.due_at == after.due_at && before.finished_at == after.finished_at;
    Error const changed_meanwhile{Errc::busy, "the upgrade has changed meanwhile; try again"};
    auto moved =
        in_place
            ? session_.change_or(
                  changed_meanwhile,
                  "UPDATE upgrades SET state = $5, resume_state = $6, progress = $7, figure = $8, "
                  "bytes_served = $9, reports = $10, cause = $11, started_at = $12, "
                  "report_bytes = $13, moved_at = $14, ranges_served = $15 "
                  "WHERE id = $1 AND state = $2 AND progress = $3 AND reports = $4",
                  before.id, word(before.state), before.progress, before.reports, state, resume,
                  after.progress, figure, after.bytes_served, after.reports, after.cause,
                  after.started_at, after.report_bytes, after.moved_at, after.ranges_served)
            : session_.change_or(
                  changed_meanwhile,
                  "UPDATE upgrades SET state = $5, resume_state = $6, progress = $7, figure = $8, "
                  "bytes_served = $9, reports = $10, cause = $11, started_at = $12, "
                  "report_bytes = $13, moved_at = $14, ranges_served = $15, finished_at = $16, "
                  "due_at = $17 "
                  "WHERE id = $1 AND state = $2 AND progress = $3 AND reports = $4",
                  before.id, word(before.state), before.progress, before.reports, state, resume,
                  after.progress, figure, after.bytes_served, after.reports, after.cause,
                  after.started_at, after.report_bytes, after.moved_at, after.ranges_served,
                  after.finished_at, after.due_at);
    if (!moved) return moved;
    if (!in_place) session_.touch(Touched::upgrades);
    return {};
}

Result<ByteSet> UpgradesRows::served(UpgradeId id) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT ranges FROM served_ranges WHERE upgrade_id = $1", id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return ByteSet{};
    return read_ranges(rows.text(0));
}

Result<void> UpgradesRows::record_served(UpgradeId id, ByteSet const& bytes) {
    if (bytes.ranges().empty()) {
        return session_.change("DELETE FROM served_ranges WHERE upgrade_id = $1", id);
    }
    return session_.change(
        "INSERT INTO served_ranges (upgrade_id, ranges) VALUES ($1, $2) "
        "ON CONFLICT (upgrade_id) DO UPDATE SET ranges = excluded.ranges",
        id, ranges_text(bytes));
}

Result<void> UpgradesRows::give(UpgradeId id, OpenId const& open_id) {
    TRY(session_.change("UPDATE upgrades SET open_id = $2 WHERE id = $1 AND open_id IS NULL", id,
                        open_id));
    return {};
}

Result<std::int64_t> UpgradesRows::make_due(ReleaseId release, Instant now) {
    auto made = session_.execute(
        "UPDATE upgrades SET due_at = $2 "
        "WHERE due_at > $2 AND release_id = $1 AND state = 'queued'",
        release, now);
    session_.touch(Touched::upgrades);
    return made;
}

Result<void> UpgradesRows::remove(UpgradeId id) {
    OrderId order;
    {
        TRY_ASSIGN(auto rows,
                   session_.query("DELETE FROM upgrades WHERE id = $1 RETURNING order_id", id));
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) return fail(Errc::not_found, "no such upgrade");
        order = rows.name<OrderId>(0);
        TRY_ASSIGN(auto const more, rows.next());  // The change is complete after the last row.
        if (more) return fail(Errc::corrupt, "two upgrades have one id");
    }
    TRY(session_.change("DELETE FROM upgrade_timeline WHERE upgrade_id = $1", id));
    TRY(record_served(id, {}));
    return OrdersRows(session_).remove_if_empty(order);
}

// Ids grow with time, so the first upgrade that was created at `ended_before` or later ends the
// sweep. The place is looked up for each upgrade; PostgreSQL would make a join of NOT EXISTS, and
// read all places for it.
Result<Swept> UpgradesRows::sweep(Instant ended_before, UpgradeId after, std::int64_t limit) {
    Swept swept;
    UpgradeId last = after;  // All upgrades up to this id are old enough.
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT id, created_at FROM upgrades WHERE id > $1 "
                                             "ORDER BY id LIMIT $2",
                                             after, limit));
        std::int64_t looked_at = 0;
        for (;; ++looked_at) {
            TRY_ASSIGN(auto const found, rows.next());
            if (!found || rows.instant(1) >= ended_before) break;
            last = rows.id<UpgradeId>(0);
        }
        if (looked_at == limit) swept.next = last;
    }
    std::set<OrderId> orders;
    std::vector<UpgradeId> removed;
    {
        TRY_ASSIGN(auto rows,
                   session_.query("DELETE FROM upgrades WHERE id > $1 AND id <= $2 "
                                  "AND finished_at < $3 AND NOT EXISTS (SELECT 1 FROM devices d "
                                  "WHERE d.did = upgrades.did AND d.installed = upgrades.id) "
                                  "AND (SELECT p.did FROM rollout_places p "
                                  "WHERE p.did = upgrades.did AND p.upgrade_id = upgrades.id "
                                  "AND (p.check_at IS NOT NULL "
                                  "OR p.judged IN ('unsettled', 'silent')) "
                                  "ORDER BY p.rollout_id LIMIT 1) IS NULL "
                                  "RETURNING id, order_id",
                                  after, last, ended_before));
        while (true) {
            TRY_ASSIGN(auto const found, rows.next());
            if (!found) break;
            removed.push_back(rows.id<UpgradeId>(0));
            orders.insert(rows.name<OrderId>(1));
        }
    }
    swept.removed = std::ssize(removed);
    for (auto const id : removed) {
        TRY(session_.change("DELETE FROM upgrade_timeline WHERE upgrade_id = $1", id));
        TRY(record_served(id, {}));
    }
    OrdersRows rows_of_orders(session_);
    for (auto const& order_id : orders) TRY(rows_of_orders.remove_if_empty(order_id));
    return swept;
}

}  // namespace updraft::sqlstore
