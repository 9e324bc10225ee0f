// Bytes of an artifact that were really sent to a device, as a sign of how far it is.
//
// Lives here: what served bytes do to the upgrade.
// Not here:   sending and counting them (ddi/download.h), what the device itself says (feedback.h).
#pragma once

#include <cstdint>

#include "upgrade/record.h"

namespace updraft::upgrade {

struct ServedBytes {
    std::int64_t bytes = 0;  // Since the last time.
    std::int64_t reach = 0;  // Where the furthest of them lies, counted from the file's first byte.
    bool reached_the_end = false;
};

// Nothing happens to an upgrade that has ended, was not handed out yet, or is past downloading.
Result<void> served(Tx& tx, Means const& means, UpgradeId id, ServedBytes const& sent, Instant now);

}  // namespace updraft::upgrade
