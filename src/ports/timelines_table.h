// Rows of timelines: the reports and events of each upgrade, in order.
//
// Lives here: the interface that the domain uses.
// Not here:   the upgrade's current state (ports/upgrades_table.h), what is recorded
//             (upgrade/record.h), the SQL (sqlstore/tables/timelines_rows.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
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

// The text of one entry, and the number of the entry in its timeline. Numbers start at 1 and have
// no gaps.
struct TimelineText {
    std::int64_t number = 0;
    std::string text;

    bool operator==(TimelineText const&) const = default;
};

// Which texts to read.
struct TimelineTextsAsk {
    std::int64_t before = std::numeric_limits<std::int64_t>::max();  // Only entries below.
    std::int64_t limit = 100;
    std::size_t bytes_max = 64 * 1024;  // No text follows the one with which this is reached.
};

class TimelinesTable {
public:
    virtual ~TimelinesTable() = default;

    // In order of recording; the first entry is the order. Errc::not_found when there is no such
    // upgrade.
    [[nodiscard]] virtual Result<std::vector<TimelineEntry>> of(UpgradeId id) const = 0;
    // The entry that has exactly `later` entries after it; nothing when the timeline is shorter.
    // Costs the same for every timeline and every `later`.
    [[nodiscard]] virtual Result<std::optional<TimelineEntry>> from_end(
        UpgradeId id, std::int64_t later) const = 0;
    // Texts of a timeline, newest first; entries without a text are passed over.
    [[nodiscard]] virtual Result<std::vector<TimelineText>> texts(
        UpgradeId id, TimelineTextsAsk const& ask) const = 0;
    // True when the timeline has a report with that digest. Costs the same for every timeline.
    [[nodiscard]] virtual Result<bool> heard(UpgradeId id, std::string_view report) const = 0;

    // Appends an entry. `report` is the digest by which heard() finds it; empty when the entry is
    // not a report of the device.
    virtual Result<void> note(UpgradeId id, TimelineEntry const& entry,
                              std::string_view report) = 0;
};

}  // namespace updraft
