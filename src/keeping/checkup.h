// Checks the consistency of a server's data: its rows, and the artifacts that they name.
//
// Lives here: checking the artifacts.
// Not here:   checking the rows (sqlstore/upkeep/inspection) and the key
//             (app/commands/keeping_commands.h), repairing anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keeping/artifact_place.h"
#include "sqlstore/upkeep/inspection.h"

namespace updraft::keeping {

struct Checkup {
    std::vector<std::string> findings;  // One line each.
    std::int64_t artifacts = 0;         // Checked.
    std::int64_t artifact_bytes = 0;
    std::int64_t rows = 0;  // Read; 0 unless Depth::every_row.
    std::string key_check;  // As Inspection::key_check.
};

// Changes nothing; a server may run. With Depth::every_row, every artifact is read and its digest
// compared; otherwise only its size is compared.
[[nodiscard]] Result<Checkup> check_up(sqlstore::Database& database, ArtifactPlace& artifacts,
                                       sqlstore::Depth depth);

}  // namespace updraft::keeping
