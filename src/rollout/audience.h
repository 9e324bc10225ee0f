// Whether a device belongs to the audience of a rollout. Pure, without allocations.
//
// Lives here: matching a device, and canaries.
//
// Not here:   the audience as JSON (rollout/read_audience.h), whose turn it is
//             (rollout/coverage.h).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "fleet/device.h"
#include "rollout/rollout.h"
#include "vocabulary/reason.h"

namespace updraft::rollout {

// A device as its rollout sees it. All that is pointed to must outlive this object.
struct Subject {
    fleet::Device const& device;
    // The release that the device runs has these names as well (firmwareVersion and reportedAs).
    std::span<Version const> also_runs = {};
    // Its attributes; nullptr where needs_attributes() is false.
    fleet::Attributes const* attributes = nullptr;
};

// True when the audience can only be matched with the attributes of a device.
[[nodiscard]] bool needs_attributes(Audience const& audience);

// Reason::not_in_audience and Reason::excluded, as they are true. `started_at`: when the rollout
// started; absent: not yet.
[[nodiscard]] Reasons kept_out(Audience const& audience, std::optional<Instant> started_at,
                               Subject const& subject);

[[nodiscard]] bool is_canary(Audience const& audience, fleet::Device const& device);

// True when anything but `dynamic` and `canaries` was given: not everybody of the model is meant.
[[nodiscard]] bool is_narrowed(Audience const& audience);

}  // namespace updraft::rollout
