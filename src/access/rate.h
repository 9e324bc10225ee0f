// How often an app may call: a bucket of tokens that fills steadily.
//
// Lives here: one bucket for each app, shared by all threads.
// Not here:   what a refused call is answered (openota/reply.h).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::access {

// Safe to use from any thread. Ask only for apps that exist: their number bounds the memory.
class Rate {
public:
    // `per_second` 0: no limit. `burst` calls may come at once after a pause; at least 1.
    Rate(std::int64_t per_second, std::int64_t burst) : per_second_(per_second), burst_(burst) {}

    // Nothing when the call may go on; else how long to wait for the next one, at least 1 ms.
    [[nodiscard]] std::optional<Millis> refused(AppId const& appid, Instant now);

private:
    // Counted in thousandths of a call: a rate of n per second fills n of them in a millisecond.
    struct Bucket {
        std::int64_t thousandths = 0;
        Instant filled_at;
    };
    // Apart in memory, so that threads serving different apps don't share a cache line.
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<AppId, Bucket> buckets;
    };

    std::int64_t per_second_;
    std::int64_t burst_;
    std::array<Shard, 16> shards_;
};

}  // namespace updraft::access
