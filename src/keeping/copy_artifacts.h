// Copies all artifacts of one place to another: between folders and buckets, in any direction.
//
// Lives here: finding the missing artifacts, copying them, and comparing their digests.
// Not here:   the places (keeping/artifact_place.h), writing to them (ports/blobs.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keeping/artifact_place.h"
#include "ports/blobs.h"

namespace updraft::keeping {

struct CopiedArtifacts {
    std::int64_t copied = 0;
    std::int64_t copied_bytes = 0;
    std::int64_t there_already = 0;
    std::vector<std::string> damaged;  // Not copied: the bytes have another digest.
};

// `to` and `into` are the same place, one for reading and one for writing. An artifact that `to`
// has with the right size is not copied, so a second run after an error continues where the first
// one ended. Servers may use both places meanwhile.
[[nodiscard]] Result<CopiedArtifacts> copy_artifacts(ArtifactPlace& from, ArtifactPlace& to,
                                                     Blobs& into);

}  // namespace updraft::keeping
