// Collects which bytes are sent for each upgrade, and decides when they are written to the store.
//
// Lives here: the bytes in memory, and the limits that keep writes rare.
//
// Not here:   sending (channel/send_artifact.h), progress from the bytes (upgrade/serving.h), when
//             overdue ones are written (app/periodic/tasks.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ports/store.h"
#include "upgrade/means.h"
#include "vocabulary/byte_set.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::channel {

// Safe to use from any thread.
class ServedTally {
public:
    // Between two writes of one upgrade at least this part of the file was sent and at least this
    // time passed.
    static constexpr std::int64_t step_percent = 5;
    static constexpr Millis pause{1'000};
    // No byte waits longer than this, nor than a quarter of the progress timeout.
    static constexpr Millis overdue_after{30'000};

    // `progress_timeout`: upgrade::Limits.
    explicit ServedTally(Millis progress_timeout = std::chrono::hours{72})
        : overdue_after_(std::min(overdue_after, progress_timeout / 4)) {}

    struct Sent {
        std::span<ByteRange const> ranges = {};  // Since the previous call.
        std::int64_t whole = 0;                  // Size of the file.
        bool broke_off = false;                  // The transfer ended before it was complete.
    };
    // Adds to the bytes of the upgrade. Answers all of them when they must be written now; nothing
    // while they are kept for a later call. The first bytes, the byte that was the last one
    // lacking, a broken transfer, and what has waited too long are answered immediately.
    [[nodiscard]] std::optional<ByteSet> add(UpgradeId id, Sent const& sent, Instant now);

    // What came of writing: the bytes that the store has, or an error. Answers bytes that must be
    // written at once: together with those of the store they complete the file.
    [[nodiscard]] std::optional<ByteSet> wrote(UpgradeId id, Result<ByteSet> const& stored);

    struct Overdue {
        UpgradeId id;
        ByteSet bytes;
    };
    enum class Which : std::uint8_t { overdue, all };
    // At most `limit` upgrades with bytes that are not written yet, or that must be written now;
    // each is answered once.
    [[nodiscard]] std::vector<Overdue> take_unwritten(Which which, std::size_t limit, Instant now);

private:
    struct Tally {
        ByteSet known;               // Sent by this process, or found in the store.
        std::int64_t unwritten = 0;  // Bytes of them that were not handed out for writing.
        std::int64_t whole = 0;
        Instant written_at{};
        Instant unwritten_since{};
    };
    [[nodiscard]] bool is_due(Tally const& tally, Instant now) const;
    using Tallies = std::unordered_map<UpgradeId, Tally>;
    static constexpr std::size_t tallies_max = 100'000;
    static constexpr std::size_t ranges_max = 1'000'000;  // Of all upgrades; about 16 MB.

    void make_room();
    static ByteSet hand_out(Tally& tally, Instant now);

    Millis const overdue_after_;
    std::mutex mutex_;
    Tallies tallies_;
    std::size_t ranges_ = 0;
};

// Writes the bytes of upgrades that ServedTally::take_unwritten() answers, and answers the number
// of these upgrades. Blocks.
[[nodiscard]] Result<std::size_t> write_served(Store& store, upgrade::Means const& means,
                                               ServedTally& tally, ServedTally::Which which,
                                               Instant now);

}  // namespace updraft::channel
