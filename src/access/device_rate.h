// Limits how often a device may call, before anything is read from the store.
//
// Lives here: the buckets of devices in limited memory, and whose bucket a call uses.
//
// Not here:   the arithmetic of a bucket (access/rate.h), which calls count (ddi/routes.h), the
//             answer to a refused one (ddi/identify.h).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "access/rate.h"
#include "ports/id_source.h"

namespace updraft::access {

inline constexpr std::int64_t device_burst = 60;

// Safe to use from any thread. A call is counted before its credential is checked, so a bucket
// belongs to a did *and* a credential: who does not know a device's token cannot use up its calls.
// A gateway that acts for a device has a bucket for it besides the device's own.
//
// Made-up credentials cost limited memory: a bucket that is full again is forgotten (after 0.5 s
// for one call, with 120 calls per minute). While buckets_max are in use, further callers are not
// limited: otherwise made-up credentials could keep devices out.
class DeviceRate {
public:
    static constexpr std::size_t shard_count = 16;
    static constexpr std::size_t buckets_max = shard_count * 8'192;

    // `per_minute` calls on average and device_burst at once; 0: no limit.
    DeviceRate(std::int64_t per_minute, IdSource& id_source);

    // Counts the call. Nothing when it is allowed; otherwise the time until the next one is
    // allowed, at least 1 ms.
    [[nodiscard]] std::optional<Millis> refused(std::string_view did, std::string_view token,
                                                Instant now);

    // Calls that were refused, since the start.
    [[nodiscard]] std::uint64_t refused_total() const {
        return refused_total_.load(std::memory_order_relaxed);
    }
    // Buckets in memory.
    [[nodiscard]] std::size_t buckets();

private:
    using Key = std::array<std::uint8_t, 16>;
    struct alignas(64) Shard {
        std::mutex mutex;
        std::unordered_map<std::uint64_t, Bucket> buckets;
        std::size_t sweep_at = 0;  // The number of buckets with which full ones are forgotten.
        Instant swept_at{0};
    };

    [[nodiscard]] std::uint64_t key_of(std::string_view did, std::string_view token) const;
    bool make_room(Shard& shard, Instant now) const;

    Pace pace_;
    Key key_{};  // Random, so that nobody can choose credentials that share a bucket.
    std::array<Shard, shard_count> shards_;
    std::atomic<std::uint64_t> refused_total_{0};
};

}  // namespace updraft::access
