// Progress of an upgrade from the bytes of its artifact that were sent to the device.
//
// Lives here: the effect of served bytes on the upgrade.
//
// Not here:   sending (channel/send_artifact.h), counting (channel/served_bytes.h), the device's
// own
//             reports (feedback.h).
#pragma once

#include <cstdint>

#include "upgrade/record.h"

namespace updraft::upgrade {

struct ServedBytes {
    std::int64_t bytes = 0;  // Since the previous call for this upgrade.
    std::int64_t reach = 0;  // The highest offset in the file that was sent, exclusive.
    bool reached_the_end = false;
};

// Records served bytes. No effect when the upgrade has ended, is held back, or is past downloading.
Result<void> served(Tx& tx, Means const& means, UpgradeId id, ServedBytes const& sent, Instant now);

}  // namespace updraft::upgrade
