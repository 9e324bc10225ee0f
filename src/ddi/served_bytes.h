// How many bytes of its artifact each device was sent, and when that is worth writing down.
//
// Lives here: the tally in memory, and its throttle.
// Not here:   sending (ddi/download.h), what it does to the upgrade (upgrade/serving.h).
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "upgrade/serving.h"

namespace updraft::ddi {

// Safe to use from any thread.
class ServedTally {
public:
    // At least so much of the file, and so long, between two writes.
    static constexpr std::int64_t step_percent = 5;
    static constexpr Millis pause{1'000};

    struct Sent {
        std::int64_t bytes = 0;  // Just now.
        std::int64_t reach = 0;  // The offset behind the last of them.
        std::int64_t whole = 0;  // Size of the file.
        bool broke_off = false;  // The transfer ended before it was complete.
    };
    // Answers what is to be written down now, or nothing: then it waits for more.
    [[nodiscard]] std::optional<upgrade::ServedBytes> add(UpgradeId id, Sent const& sent,
                                                          Instant now);

private:
    struct Tally {
        upgrade::ServedBytes unwritten;
        Instant written_at;
    };
    static constexpr std::size_t tallies_max = 100'000;

    std::mutex mutex_;
    std::unordered_map<UpgradeId, Tally> tallies_;
};

}  // namespace updraft::ddi
