// The timeline of each upgrade: what was reported and what happened, in order.
//
// Lives here: what the domain asks of it.
// Not here:   the upgrade's present state (ports/upgrades_table.h), what is worth a line
//             (upgrade/record.h), the SQL (sqlstore/tables/timelines_rows.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "upgrade/upgrade.h"
#include "vocabulary/result.h"

namespace updraft {

struct TimelineEntry {
    Instant at;
    upgrade::State state = upgrade::State::queued;
    int progress = 0;
    std::string text;

    bool operator==(TimelineEntry const&) const = default;
};

class TimelinesTable {
public:
    virtual ~TimelinesTable() = default;

    // In order; the first entry says when it was ordered. Errc::not_found when there is no such
    // upgrade.
    [[nodiscard]] virtual Result<std::vector<TimelineEntry>> of(UpgradeId id) const = 0;
    // True when a report with that digest is in the timeline.
    [[nodiscard]] virtual Result<bool> heard(UpgradeId id, std::string_view report) const = 0;

    // `report` is the digest that heard() finds; empty when it was no report of the device.
    virtual Result<void> note(UpgradeId id, TimelineEntry const& entry,
                              std::string_view report) = 0;
};

}  // namespace updraft
