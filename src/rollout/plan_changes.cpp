#include "rollout/plan_changes.h"

#include <algorithm>
#include <array>
#include <string>

namespace updraft::rollout {
namespace {

tl::unexpected<Error> refused(std::string const& member, std::string const& allowed) {
    return fail(Errc::conflict, member + " can" + allowed + " after the draft");
}

// Longer soaks; everything else of a wave stays.
Result<void> check_waves(Plan const& before, Plan const& after) {
    if (before.waves.size() != after.waves.size())
        return refused("plan.waves", " only change in their soaks");
    for (std::size_t i = 0; i < before.waves.size(); ++i) {
        auto const name = "plan.waves[" + std::to_string(i) + "]";
        auto as_before = after.waves[i];
        as_before.soak = before.waves[i].soak;
        if (as_before != before.waves[i]) return refused(name, " only change its soak");
        if (after.waves[i].soak < before.waves[i].soak) {
            return refused(name + ".soak", " only become longer");
        }
    }
    return {};
}

bool may_become(std::optional<std::int64_t> before, std::optional<std::int64_t> after) {
    if (!before) return true;
    return after && *after <= *before;
}

// The plan with all that may change as in `other`.
Plan with_changeable(Plan plan, Plan const& other) {
    plan.waves = other.waves;
    plan.waves_given = other.waves_given;
    plan.per_minute_max = other.per_minute_max;
    plan.in_flight_max = other.in_flight_max;
    plan.first_unproven = other.first_unproven;
    plan.failure_limit_percent = other.failure_limit_percent;
    plan.unreached_limit_percent = other.unreached_limit_percent;
    plan.harmed_max = other.harmed_max;
    return plan;
}

}  // namespace

Result<void> may_change_while_running(Plan const& before, Plan const& after) {
    TRY(check_waves(before, after));
    struct Limit {
        std::string_view name;
        bool shrinks;
    };
    std::array const limits{
        Limit{"maxPerMinute", after.per_minute_max <= before.per_minute_max},
        Limit{"maxInFlight", after.in_flight_max <= before.in_flight_max},
        Limit{"firstUnproven", after.first_unproven <= before.first_unproven},
        Limit{"failureLimitPercent", after.failure_limit_percent <= before.failure_limit_percent},
        Limit{"unreachedLimitPercent",
              after.unreached_limit_percent <= before.unreached_limit_percent},
        Limit{"maxHarmed", may_become(before.harmed_max, after.harmed_max)},
    };
    auto const grown = std::ranges::find(limits, false, &Limit::shrinks);
    if (grown != limits.end()) {
        return refused("plan." + std::string(grown->name), " only become smaller");
    }
    if (with_changeable(after, before) != before) {
        return refused(
            "plan: only waves[].soak, maxPerMinute, maxInFlight, firstUnproven, "
            "failureLimitPercent, unreachedLimitPercent and maxHarmed",
            " change");
    }
    return {};
}

Result<void> may_change_while_running(Audience const& before, Audience const& after) {
    if (!std::ranges::includes(after.exclude, before.exclude)) {
        return refused("audience.exclude", " only become longer");
    }
    auto as_before = after;
    as_before.exclude = before.exclude;
    if (as_before != before) return refused("audience: only exclude", " change");
    return {};
}

}  // namespace updraft::rollout
