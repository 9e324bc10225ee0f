// The file of a firmware: named by its digest, and never changed.
//
// Lives here: the type.
//
// Not here:   writing one (ports/blobs.h, firmware/intake.h).
#pragma once

#include <cstdint>
#include <string>

#include "vocabulary/digest.h"

namespace updraft::firmware {

struct Artifact {
    std::int64_t bytes = 0;
    Digests digests;
    std::string image = {};  // JSON text of firmware/inspect.h; empty when not inspected.

    bool operator==(Artifact const&) const = default;
};

}  // namespace updraft::firmware
