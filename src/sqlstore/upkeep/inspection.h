// Checks the consistency of a store, and lists the artifacts that its rows name.
//
// Lives here: running the queries of upkeep/soundness, and reporting the findings as sentences for
//             an operator.
// Not here:   checking the artifacts themselves (keeping/checkup), repairing anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlstore/database.h"

namespace updraft::sqlstore {

struct NamedArtifact {
    std::string sha256;
    std::int64_t bytes = 0;
    std::string release;  // Of one release that names it: "lamp 2.0".

    bool operator==(NamedArtifact const&) const = default;
};

enum class Depth : std::uint8_t {
    rules,      // The database's own check, and consistency between rows.
    every_row,  // In addition, the type of every column of every row.
};

struct Inspection {
    std::vector<std::string> findings;     // One line each; empty: no problem was found.
    std::vector<NamedArtifact> artifacts;  // By digest, each once.
    std::int64_t rows = 0;                 // Read; 0 unless Depth::every_row.
    std::string key_check;                 // AdminTokensTable::key_check().
};

// Changes nothing; reads one snapshot, so a server may run. Damage of the database is a finding,
// not an error; Errc::unavailable when it cannot be read at all. When a migration is missing or
// unknown, that is the only finding.
[[nodiscard]] Result<Inspection> inspect(Database& database, Depth depth);

// The artifacts that the releases of a store name. Needs only the table of releases.
[[nodiscard]] Result<std::vector<NamedArtifact>> named_artifacts(Database& database);

}  // namespace updraft::sqlstore
