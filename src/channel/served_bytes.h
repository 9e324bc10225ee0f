// Counts the bytes that are sent for each upgrade, and decides when a count is written to the
// store.
//
// Lives here: the counts in memory, and the limits that keep writes rare.
//
// Not here:   sending (channel/send_artifact.h), progress from the counts (upgrade/serving.h).
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "upgrade/serving.h"

namespace updraft::channel {

// Safe to use from any thread.
class ServedTally {
public:
    // Between two writes of one upgrade at least this part of the file was sent and at least this
    // time passed.
    static constexpr std::int64_t step_percent = 5;
    static constexpr Millis pause{1'000};

    struct Sent {
        std::int64_t bytes = 0;  // Since the previous call.
        std::int64_t reach = 0;  // The highest offset sent by this transfer, exclusive.
        std::int64_t whole = 0;  // Size of the file.
        bool broke_off = false;  // The transfer ended before it was complete.
    };
    // Adds to the count. Answers what must be written now; nothing while the count is kept for a
    // later call. The first bytes, the end of the file and a broken transfer are answered
    // immediately.
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

}  // namespace updraft::channel
