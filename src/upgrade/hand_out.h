// The task of a device that polls: nothing, an upgrade to carry out, or one to stop.
//
// Lives here: the task, fetching its details, and which files a device may have.
//
// Not here:   whether a queued upgrade may start (why.h), the device's reports (feedback.h),
//             links (ddi/poll.h).
#pragma once

#include <optional>

#include "upgrade/record.h"

namespace updraft::upgrade {

enum class Task : std::uint8_t { nothing, deploy, cancel };

struct HandOut {
    Task task = Task::nothing;
    std::optional<Upgrade> upgrade;  // The active upgrade, in any state, also with Task::nothing.
};

// The task of `device`. Writes nothing.
[[nodiscard]] Result<HandOut> hand_out(Tx const& tx, Means const& means,
                                       fleet::Device const& device, Instant now);

struct Deployment {
    Upgrade upgrade;
    Plan plan;
};

// The deployment with that id, if the device should carry it out now. Errc::not_found when it is
// another device's, is held back, is being cancelled or verified, or has ended.
[[nodiscard]] Result<Deployment> deployment(Tx const& tx, Means const& means,
                                            fleet::Device const& device, UpgradeId id, Instant now);

// Records that the device has fetched the deployment: a queued upgrade becomes `offered`. Errors as
// deployment(). No effect when it is called again.
[[nodiscard]] Result<Deployment> take(Tx& tx, Means const& means, Did const& did, UpgradeId id,
                                      Instant now);

// The upgrade that the device is asked to stop. Errc::not_found when that is not `id`.
[[nodiscard]] Result<Upgrade> cancellation(Tx const& tx, fleet::Device const& device, UpgradeId id);

// The device's last successful upgrade. Errc::not_found when that is not `id`.
[[nodiscard]] Result<Deployment> installed(Tx const& tx, fleet::Device const& device, UpgradeId id);

// The device's active or last successful upgrade, if it has that release; Errc::not_found
// otherwise.
[[nodiscard]] Result<Deployment> with_release(Tx const& tx, fleet::Device const& device,
                                              ReleaseId release);

}  // namespace updraft::upgrade
