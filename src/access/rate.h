// Limits how often a caller may call, with a token bucket for each caller.
//
// Lives here: the arithmetic of one bucket, and the buckets of apps, which all threads share.
//
// Not here:   the buckets of devices (access/device_rate.h), the answer to a refused call
//             (openota/reply.h).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::access {

// `calls` calls in each `per` on average; `burst` calls, at least 1, may come at the same time
// after a pause. 0 calls: no limit.
struct Pace {
    std::int64_t calls = 0;
    Millis per{1'000};
    std::int64_t burst = 1;
};

// The calls that one caller has left. Used by one thread at a time.
class Bucket {
public:
    // A full one.
    Bucket(Pace const& pace, Instant now);

    // Takes a call out. Nothing when there was one; otherwise the time until there is one, at least
    // 1 ms. `pace` must be the constructor's and have a limit.
    [[nodiscard]] std::optional<Millis> take(Pace const& pace, Instant now);
    // True when it is as a new one.
    [[nodiscard]] bool is_full(Pace const& pace, Instant now) const;

private:
    void fill(Pace const& pace, Instant now);

    // A call is as many parts as `per` has milliseconds, so each millisecond adds `calls` parts.
    std::int64_t parts_;
    Instant filled_at_;
};

// Safe to use from any thread. Use it only for apps that exist, because each appid takes memory.
class Rate {
public:
    // `per_second` calls on average; 0: no limit. `burst` calls, at least 1, may come at the same
    // time after a pause.
    Rate(std::int64_t per_second, std::int64_t burst)
        : pace_{.calls = per_second, .per = Millis{1'000}, .burst = burst} {}

    // Counts the call. Nothing when it is allowed; otherwise the time until the next one is
    // allowed, at least 1 ms.
    [[nodiscard]] std::optional<Millis> refused(AppId const& appid, Instant now);

private:
    // Each shard has its own cache lines, so that threads with different apps do not slow each
    // other down.
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<AppId, Bucket> buckets;
    };

    Pace pace_;
    std::array<Shard, 16> shards_;
};

}  // namespace updraft::access
