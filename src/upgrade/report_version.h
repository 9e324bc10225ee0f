// The effect of a device's report of the version that it runs.
//
// Lives here: ending the active upgrade, and recording that a device left the version of a success.
//
// Not here:   how a channel receives the version (ddi/wording.h).
#pragma once

#include "upgrade/record.h"

namespace updraft::upgrade {

// Sets the device's version. The active upgrade, in whatever state, succeeds when the device runs
// its release now (firmware/running.h) and did not when it was ordered. An upgrade that is being
// verified keeps waiting with the old version, and fails with any other. If the device left the
// version of its last success, that upgrade's timeline gets an entry. Answers the device after the
// change.
[[nodiscard]] Result<fleet::Device> report_version(Tx& tx, Means const& means,
                                                   fleet::Device const& device,
                                                   Version const& reported, Instant now);

// True when report_version() would change something.
[[nodiscard]] Result<bool> would_report_version(Tx const& tx, fleet::Device const& device,
                                                Version const& reported);

// True when a device whose model polls at that interval should be asked for its version: the
// upgrade is being verified, or it has not moved for three polling intervals since its download
// began. A closing report may have been lost then.
[[nodiscard]] bool wants_version(Upgrade const& upgrade, Millis polling, Instant now);

// A device has reported a version other than the one that its last successful upgrade installed.
struct Fallback {
    UpgradeId upgrade;  // The successful upgrade.
    Version from;       // The version that it installed.
    Instant at;         // The time of the last such report.
};
// Nothing when the device runs that version, or an operator set another one.
[[nodiscard]] Result<std::optional<Fallback>> fallback_of(Tx const& tx,
                                                          fleet::Device const& device);

}  // namespace updraft::upgrade
