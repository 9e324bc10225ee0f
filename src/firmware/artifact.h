// The bytes of a firmware: a file named by its digest, never changed.
//
// Lives here: the noun.
// Not here:   writing one (ports/blobs.h, firmware/intake.h).
#pragma once

#include <cstdint>
#include <string>

#include "vocabulary/digest.h"

namespace updraft::firmware {

struct Artifact {
    std::int64_t bytes = 0;
    Digests digests;
    std::string image = {};  // What it says of itself (firmware/inspect.h); empty when unknown.

    bool operator==(Artifact const&) const = default;
};

}  // namespace updraft::firmware
