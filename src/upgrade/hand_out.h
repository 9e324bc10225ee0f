// What a device is given when it asks: nothing, an upgrade to carry out, or one to stop.
//
// Lives here: what a poll finds, what fetching it means, and which files a device may have.
// Not here:   whose turn it is (turns.h), what the device answers (feedback.h), links (ddi/poll).
#pragma once

#include <optional>

#include "upgrade/record.h"

namespace updraft::upgrade {

enum class Task : std::uint8_t { nothing, deploy, cancel };

struct HandOut {
    Task task = Task::nothing;
    std::optional<Upgrade> upgrade;  // The active one, also while it waits or is being verified.
};

// What a poll of `device` finds. Changes nothing.
[[nodiscard]] Result<HandOut> hand_out(Tx const& tx, Means const& means,
                                       fleet::Device const& device, Instant now);

struct Deployment {
    Upgrade upgrade;
    Plan plan;
};

// The deployment with that id, as far as it applies to the device now. Errc::not_found when it is
// another's, waits for its turn, is being cancelled or verified, or has ended.
[[nodiscard]] Result<Deployment> deployment(Tx const& tx, Means const& means,
                                            fleet::Device const& device, UpgradeId id, Instant now);

// The device has fetched it: from here on it counts as offered. The same errors; fetching it again
// changes nothing.
[[nodiscard]] Result<Deployment> take(Tx& tx, Means const& means, Did const& did, UpgradeId id,
                                      Instant now);

// The cancellation with that id. Errc::not_found when the device is not asked to stop that one.
[[nodiscard]] Result<Upgrade> cancellation(Tx const& tx, fleet::Device const& device, UpgradeId id);

// The last upgrade of the device that succeeded. Errc::not_found when that is not `id`.
[[nodiscard]] Result<Deployment> installed(Tx const& tx, fleet::Device const& device, UpgradeId id);

// The device's upgrade, active or installed, of that release. Errc::not_found when it has none.
[[nodiscard]] Result<Deployment> with_release(Tx const& tx, fleet::Device const& device,
                                              ReleaseId release);

}  // namespace updraft::upgrade
