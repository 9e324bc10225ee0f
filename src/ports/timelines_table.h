// Rows of timelines: the reports and events of each upgrade, in order.
//
// Lives here: the interface that the domain uses.
// Not here:   the upgrade's current state (ports/upgrades_table.h), what is recorded
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

    // In order of recording; the first entry is the order. Errc::not_found when there is no such
    // upgrade.
    [[nodiscard]] virtual Result<std::vector<TimelineEntry>> of(UpgradeId id) const = 0;
    // True when the timeline has a report with that digest.
    [[nodiscard]] virtual Result<bool> heard(UpgradeId id, std::string_view report) const = 0;

    // Appends an entry. `report` is the digest by which heard() finds it; empty when the entry is
    // not a report of the device.
    virtual Result<void> note(UpgradeId id, TimelineEntry const& entry,
                              std::string_view report) = 0;
};

}  // namespace updraft
