// A device says which firmware it runs.
//
// Lives here: what that proves or disproves about its upgrades, and what it may be offered now.
// Not here:   how a channel says it (ddi/config_data).
#pragma once

#include "upgrade/record.h"

namespace updraft::upgrade {

// The device's version becomes the reported one; an upgrade that is being verified succeeds with
// the target version, fails with a third one, and waits on with the one it came from. An earlier
// success that the device fell back from gets a line in its timeline. Answers the device as it is
// now.
[[nodiscard]] Result<fleet::Device> report_version(Tx& tx, Means const& means,
                                                   fleet::Device const& device,
                                                   Version const& version, Instant now);

// A device that runs another version than its last success brought, by its own word.
struct Fallback {
    UpgradeId upgrade;  // The success.
    Version from;       // What it brought.
    Instant at;         // When the device said otherwise.
};
[[nodiscard]] Result<std::optional<Fallback>> fallback_of(Tx const& tx,
                                                          fleet::Device const& device);

}  // namespace updraft::upgrade
