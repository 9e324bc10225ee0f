// Whether a version looks older than another one: a likely mistake, never a rule. Pure.
//
// Lives here: comparing versions that are dotted numbers.
//
// Not here:   which release is newer: that is the order of release (firmware/release.h).
#pragma once

#include "vocabulary/ids.h"

namespace updraft::firmware {

// True when both are dotted numbers ("1.4.2", "v1.10"), and the first is smaller.
[[nodiscard]] bool looks_older(Version const& version, Version const& newest);

}  // namespace updraft::firmware
