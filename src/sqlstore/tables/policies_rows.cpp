#include "sqlstore/tables/policies_rows.h"

#include "sqlstore/tables/name_list.h"
#include "sqlstore/tables/pages.h"

#define POLICY_COLUMNS "did, auto_upgrade, upgrade_hours, time_zone, changed_at"

namespace updraft::sqlstore {
namespace {

Result<policy::OfDevice> read_policy(Rows const& rows) {
    return policy::OfDevice{.did = rows.name<Did>(0),
                            .policy = {.auto_upgrade = std::string(rows.text(1)),
                                       .upgrade_hours = std::string(rows.text(2)),
                                       .time_zone = std::string(rows.text(3)),
                                       .changed_at = rows.instant(4)}};
}

// The row of the user's own policy has an empty did.
Result<void> add(Result<Rows> rows, policy::OfUser& all) {
    if (!rows) return pass(rows);
    TRY_ASSIGN(auto found, all_of<policy::OfDevice>(*rows, read_policy));
    for (auto& one : found) {
        if (one.did.empty()) {
            all.user = std::move(one.policy);
        } else {
            all.devices.insert_or_assign(std::move(one.did), std::move(one.policy));
        }
    }
    return {};
}

}  // namespace

Result<policy::OfUser> PoliciesRows::of(OpenId const& open_id, std::span<Did const> dids) const {
    policy::OfUser all;
    if (dids.size() <= 1) {
        // Polls ask this. For `did IN ('', $2)` SQLite would make a table of both at each call.
        TRY(add(session_.query("SELECT " POLICY_COLUMNS " FROM policies WHERE open_id = $1 "
                               "AND did = '' UNION ALL SELECT " POLICY_COLUMNS
                               " FROM policies WHERE open_id = $1 AND did = $2",
                               open_id, dids.empty() ? Did{} : dids.front()),
                all));
        return all;
    }
    static std::string const sql =
        "SELECT " POLICY_COLUMNS " FROM policies WHERE open_id = $1 AND did IN " + name_places(2);
    TRY_ASSIGN(all, of(open_id, {}));
    while (!dids.empty()) {
        std::vector<Param> params{Param(open_id)};
        take_names(dids, params);
        TRY(add(session_.query_params(sql, params), all));
    }
    return all;
}

Result<std::vector<policy::OfDevice>> PoliciesRows::of_devices(OpenId const& open_id,
                                                               Did const& after,
                                                               std::int64_t limit) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " POLICY_COLUMNS " FROM policies "
                                         "WHERE open_id = $1 AND did > $2 ORDER BY did LIMIT $3",
                                         open_id, after, limit));
    return all_of<policy::OfDevice>(rows, read_policy);
}

Result<void> PoliciesRows::put(OpenId const& open_id, Did const& did,
                               policy::Policy const& policy) {
    if (policy.says_nothing()) {
        return session_.change("DELETE FROM policies WHERE open_id = $1 AND did = $2", open_id,
                               did);
    }
    return session_.change(
        "INSERT INTO policies (open_id, " POLICY_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (open_id, did) DO UPDATE SET auto_upgrade = excluded.auto_upgrade, "
        "upgrade_hours = excluded.upgrade_hours, time_zone = excluded.time_zone, "
        "changed_at = excluded.changed_at",
        open_id, did, policy.auto_upgrade, policy.upgrade_hours, policy.time_zone,
        policy.changed_at);
}

Result<void> PoliciesRows::give(Did const& did, OpenId const& from, OpenId const* to) {
    if (to == nullptr) {
        return session_.change("DELETE FROM policies WHERE open_id = $1 AND did = $2", from, did);
    }
    return session_.change("UPDATE policies SET open_id = $3 WHERE open_id = $1 AND did = $2", from,
                           did, *to);
}

// One row: only the current minute is of interest.
Result<bool> PoliciesRows::count_start(std::int64_t minute, std::int64_t limit) {
    TRY_ASSIGN(auto const counted,
               session_.execute("INSERT INTO starts (id, minute, count) VALUES (1, $1, 1) "
                                "ON CONFLICT (id) DO UPDATE SET count = CASE "
                                "WHEN starts.minute = $1 THEN starts.count + 1 ELSE 1 END, "
                                "minute = $1 WHERE starts.minute <> $1 OR starts.count < $2",
                                minute, limit));
    return counted > 0;
}

Result<std::int64_t> PoliciesRows::starts_in(std::int64_t minute) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT count FROM starts WHERE id = 1 AND minute = $1", minute));
    TRY_ASSIGN(auto const found, rows.next());
    return found ? rows.number(0) : 0;
}

}  // namespace updraft::sqlstore
