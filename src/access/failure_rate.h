// How often each key has failed lately, and how long the answer to one more failure waits.
//
// Lives here: the counts, whose memory is bounded, and the growing delay.
//
// Not here:   what a failure is and whose key it has (access/guessing.h), the waiting itself
//             (http/connection.h).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vocabulary/instant.h"

namespace updraft::access {

struct FailureRules {
    std::int64_t free_per_minute = 20;  // At least 1: so many failures are answered at once.
    Millis delay_step{100};             // What each failure above that adds to the delay.
    Millis delay_max{2000};
    std::int64_t keys_max = 16 * 1024;
};

// The failures of one key since the last report.
struct FailureReport {
    std::string key;  // Empty: all keys together that were above keys_max.
    std::int64_t failures = 0;

    bool operator==(FailureReport const&) const = default;
};

// Safe to use from any thread. Only failures are counted: who never fails costs nothing here.
class FailureRate {
public:
    explicit FailureRate(FailureRules rules) : rules_(rules) {}

    // Counts a failure of `key`. The time that its answer should wait: zero for the first
    // free_per_minute failures, then growing up to delay_max. free_per_minute failures are
    // forgotten in each minute.
    [[nodiscard]] Millis failed(std::string_view key, Instant now);

    // The keys that failed since the last call, in no order.
    [[nodiscard]] std::vector<FailureReport> take_reports();

private:
    static constexpr std::size_t shards_count = 16;

    // `level` is in units of which a failure adds one_failure and each millisecond removes
    // free_per_minute.
    struct Entry {
        std::int64_t level = 0;
        Instant at;
        std::int64_t unreported = 0;
    };
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Entry> entries;
        Entry others;  // Of all keys for which there was no room.
        Instant purged_at;
    };

    [[nodiscard]] std::int64_t level_at(Entry const& entry, Instant now) const;
    Entry& entry_of(Shard& shard, std::string_view key, Instant now) const;
    [[nodiscard]] Millis count(Entry& entry, Instant now) const;

    FailureRules rules_;
    std::array<Shard, shards_count> shards_;
    std::atomic<bool> unreported_ = false;
};

}  // namespace updraft::access
