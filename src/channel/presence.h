// Last-seen times of devices, collected in memory so that a poll does not cost a write.
//
// Lives here: collecting them, and writing them to the store in batches.
//
// Not here:   what follows when a device is silent (upgrade/gateway_turns.h, upgrade/expire.h),
// when
//             they are written (app/periodic/tasks.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "ports/store.h"
#include "upgrade/presence.h"

namespace updraft::channel {

// Safe to use from any thread. A crash loses the times that are not written yet; the next request
// of each device sets a new one.
class Presence final : public upgrade::Presence {
public:
    // Records that the device was heard at `now`; the latest time counts. Each of the 16 shards
    // holds at most 100,000 devices between two writes; further ones are not recorded.
    void heard(Did const& did, Instant now);
    // The recorded time, until it is committed; then nothing.
    [[nodiscard]] std::optional<Instant> last_sign(Did const& did) const override;

    // Writes what was collected, in batches so that other transactions can run between them, and
    // answers the number of devices. Blocks; call it from one thread at a time. After an error the
    // times are kept for the next call.
    Result<std::size_t> write_down(Store& store);

private:
    using Signs = std::unordered_map<std::string, std::int64_t>;
    struct Shard {
        mutable std::mutex mutex;
        Signs fresh;
        Signs being_written;  // last_sign() still answers from it until the commit.
    };
    static constexpr std::size_t shard_count = 16;
    static constexpr std::size_t signs_per_shard_max = 100'000;
    static constexpr std::size_t batch_max = 500;

    Shard& shard_of(Did const& did);
    Shard const& shard_of(Did const& did) const;
    static Result<void> write_shard(Store& store, Shard& shard);

    std::array<Shard, shard_count> shards_;
};

}  // namespace updraft::channel
