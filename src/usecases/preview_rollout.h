// What a rollout would mean for the devices of its model as they are now: a dry run.
//
// Lives here: counting the devices, the reasons of those that never get the release, the waves, and
//             warnings.
//
// Not here:   the reasons themselves (firmware/eligibility.h, rollout/audience.h), which of them
//             only delay (wire contract 6.8), writing the answer (admin/preview_rollout.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/store.h"
#include "rollout/rollout.h"
#include "upgrade/means.h"
#include "vocabulary/reason.h"

namespace updraft::usecases {

struct RolloutToPreview {
    ReleaseId release;  // It may be a draft.
    rollout::Mode mode = rollout::Mode::offer;
    rollout::Audience audience;
    rollout::Plan plan;
    std::optional<Instant> started_at = {};  // Absent: it would start now.
};

inline constexpr std::size_t preview_examples_max = 5;

struct Preview {
    struct Excluded {
        Reason reason = Reason::no_release;
        std::int64_t count = 0;
        std::vector<Did> examples;
    };
    struct InWave {
        std::string name;
        std::int64_t devices = 0;   // Cumulative.
        std::vector<Did> examples;  // Of those that it adds.
    };
    std::int64_t audience = 0;  // All devices of the model: `eligible` and all in `excluded`.
    std::int64_t eligible = 0;
    std::vector<Excluded> excluded;  // By the first reason of each device, in order of Reason.
    std::vector<InWave> waves;
    std::optional<std::int64_t> bytes;  // All downloads together; absent without a file.
    std::vector<std::string> warnings;
    Instant as_of;
};

// Used by one thread at a time.
class PreviewScan {
public:
    // `store` and `means` must outlive this object.
    PreviewScan(Store& store, upgrade::Means const& means, RolloutToPreview wanted, Instant now);
    ~PreviewScan();
    PreviewScan(PreviewScan const&) = delete;
    PreviewScan& operator=(PreviewScan const&) = delete;

    // Reads the next devices, at most 10,000, in a transaction; true when they were the last.
    // Blocks the calling thread for some tens of milliseconds. Errc::invalid when there is no such
    // firmware; Errc::conflict when it was withdrawn.
    [[nodiscard]] Result<bool> read_more();
    // After the last devices.
    [[nodiscard]] Preview result() const;

private:
    struct Begun;

    Store& store_;
    upgrade::Means const& means_;
    RolloutToPreview wanted_;
    Instant now_;
    std::unique_ptr<Begun> begun_;  // Null before the first devices.
};

}  // namespace updraft::usecases
