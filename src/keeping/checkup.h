// Whether a server's data is sound: its rows, and the artifacts that they name.
//
// Lives here: checking the artifacts; rows are checked by sqlstore/upkeep/inspection.
// Not here:   whether the key fits (app/keeping_commands), repairing anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keeping/artifact_place.h"
#include "sqlstore/upkeep/inspection.h"

namespace updraft::keeping {

struct Checkup {
    std::vector<std::string> findings;  // One line each.
    std::int64_t artifacts = 0;         // Looked at.
    std::int64_t artifact_bytes = 0;
    std::int64_t rows = 0;  // Read, by Depth::every_row.
    std::string key_check;  // As in the inspection.
};

// Changes nothing; a server may run. With Depth::every_row each artifact is read and its digest
// compared, else only its size is.
[[nodiscard]] Result<Checkup> check_up(sqlstore::Database& database, ArtifactPlace& artifacts,
                                       sqlstore::Depth depth);

}  // namespace updraft::keeping
