// Limits how often an app may call, with a token bucket for each app.
//
// Lives here: the buckets, which all threads share.
//
// Not here:   the answer to a refused call (openota/reply.h).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::access {

// Safe to use from any thread. Use it only for apps that exist, because each appid takes memory.
class Rate {
public:
    // `per_second` calls on average; 0: no limit. `burst` calls, at least 1, may come at the same
    // time after a pause.
    Rate(std::int64_t per_second, std::int64_t burst) : per_second_(per_second), burst_(burst) {}

    // Counts the call. Nothing when it is allowed; otherwise the time until the next one is
    // allowed, at least 1 ms.
    [[nodiscard]] std::optional<Millis> refused(AppId const& appid, Instant now);

private:
    // In thousandths of a call: a rate of n per second adds n of them in each millisecond.
    struct Bucket {
        std::int64_t thousandths = 0;
        Instant filled_at;
    };
    // Each shard has its own cache lines, so that threads with different apps do not slow each
    // other down.
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<AppId, Bucket> buckets;
    };

    std::int64_t per_second_;
    std::int64_t burst_;
    std::array<Shard, 16> shards_;
};

}  // namespace updraft::access
