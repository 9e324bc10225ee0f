#include "policy/wish.h"

#include "policy/hours.h"
#include "ports/policies_table.h"

namespace updraft::policy {

Result<void> check(Change const& change, TimeZones const& zones) {
    auto const& decided = change.auto_upgrade;
    if (decided && !decided->empty() && *decided != "0" && *decided != "1") {
        return fail(Errc::invalid, "autoUpgrade must be \"1\", \"0\" or \"\"");
    }
    auto const& hours = change.upgrade_hours;
    if (hours && !hours->empty() && !read_hours(*hours)) {
        return fail(Errc::invalid,
                    "upgradeHours must be HH:MM-HH:MM, at least 30 minutes, or \"\"");
    }
    auto const& zone = change.time_zone;
    if (zone && !zone->empty() && !is_time_zone(*zone, zones)) {
        return fail(Errc::invalid,
                    "timeZone must be an IANA name such as Asia/Shanghai, +HH:MM, -HH:MM or \"\"");
    }
    return {};
}

Result<Policy> set(Tx& tx, OpenId const& open_id, Did const& did, Change const& change,
                   Instant now) {
    TRY_ASSIGN(auto const all, tx.policies().of(open_id, std::span(&did, 1)));
    Policy before;
    if (did.empty()) {
        before = all.user.value_or(Policy{});
    } else if (auto const own = all.devices.find(did); own != all.devices.end()) {
        before = own->second;
    }
    auto after = before;
    if (change.auto_upgrade) after.auto_upgrade = *change.auto_upgrade;
    if (change.upgrade_hours) after.upgrade_hours = *change.upgrade_hours;
    if (change.time_zone) after.time_zone = *change.time_zone;
    if (after == before) return before;
    after.changed_at = now;
    TRY(tx.policies().put(open_id, did, after));
    return before;
}

Result<Shown> show_one(Tx const& tx, OpenId const& open_id, Did const& did,
                       std::string_view default_zone) {
    TRY_ASSIGN(auto const all, tx.policies().of(open_id, std::span(&did, 1)));
    return Shown{did, effective(all, did, default_zone)};
}

Result<std::vector<Shown>> show_devices(Tx const& tx, OpenId const& open_id, Did const& after,
                                        std::int64_t limit, std::string_view default_zone) {
    TRY_ASSIGN(auto found, tx.policies().of_devices(open_id, after, limit));
    TRY_ASSIGN(auto all, tx.policies().of(open_id, {}));
    std::vector<Shown> shown;
    for (auto& one : found) {
        auto const did = one.did;
        all.devices.clear();
        all.devices.emplace(did, std::move(one.policy));
        shown.push_back({did, effective(all, did, default_zone)});
    }
    return shown;
}

}  // namespace updraft::policy
