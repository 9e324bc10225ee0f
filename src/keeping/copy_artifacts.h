// Copies all artifacts of one place to another: between folders and buckets, in any direction.
//
// Lives here: which ones are missing, and comparing each with its digest while it is copied.
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
    std::vector<std::string> damaged;  // Their bytes have another digest at the source: not copied.
};

// `to` and `into` are the same place, one for reading and one for writing. An artifact that is
// there with the right size is not copied, so a second run after an error goes on where the first
// one ended. Servers may run on either place.
[[nodiscard]] Result<CopiedArtifacts> copy_artifacts(ArtifactPlace& from, ArtifactPlace& to,
                                                     Blobs& into);

}  // namespace updraft::keeping
