// All artifacts of one place put into another: between folders and buckets, in any direction.
//
// Lives here: which ones are missing, and comparing each with its digest on the way.
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
    std::vector<std::string> damaged;  // Not what their digests say at the source: left out.
};

// `to` and `into` are the same place, to look at and to write to. What is there with the right size
// stays as it is; so it can be run again after an error, and goes on where it ended. Servers may
// run on either place.
[[nodiscard]] Result<CopiedArtifacts> copy_artifacts(ArtifactPlace& from, ArtifactPlace& to,
                                                     Blobs& into);

}  // namespace updraft::keeping
