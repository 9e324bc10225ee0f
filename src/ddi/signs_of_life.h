// Who was heard of and when, collected in memory because a poll must not cost a write.
//
// Lives here: collecting, and writing what was collected in batches.
// Not here:   what silence means (upgrade/turns.h, upgrade/expire.h), when it is written
// (app/rhythm).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "ports/store.h"
#include "upgrade/presence.h"

namespace updraft::ddi {

// Safe to use from any thread. A crash loses what was not written yet: at most one rhythm of polls,
// which the next poll of each device makes good.
class SignsOfLife final : public upgrade::Presence {
public:
    void heard(Did const& did, Instant now);
    [[nodiscard]] std::optional<Instant> last_sign(Did const& did) const override;

    // Writes everything collected so far, some at a time so that other writes come between. Blocks;
    // for one thread at a time. What could not be written is kept for the next call.
    Result<std::size_t> write_down(Store& store);

private:
    using Signs = std::unordered_map<std::string, std::int64_t>;
    struct Shard {
        mutable std::mutex mutex;
        Signs fresh;
        Signs being_written;  // Still an answer to last_sign() until the commit.
    };
    static constexpr std::size_t shard_count = 16;
    static constexpr std::size_t signs_per_shard_max = 100'000;
    static constexpr std::size_t batch_max = 500;

    Shard& shard_of(Did const& did);
    Shard const& shard_of(Did const& did) const;
    static Result<void> write_shard(Store& store, Shard& shard);

    std::array<Shard, shard_count> shards_;
};

}  // namespace updraft::ddi
