// Whether a store is sound: whether its rows fit each other, and which artifacts they name.
//
// Lives here: asking the questions of upkeep/soundness, and the findings as sentences for an
//             operator.
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
    rules,      // The database's own check, and whether rows fit each other.
    every_row,  // The same, and every column of every row is read and its type checked.
};

struct Inspection {
    std::vector<std::string> findings;     // One line each; empty: nothing is wrong.
    std::vector<NamedArtifact> artifacts;  // By digest, each once.
    std::int64_t rows = 0;                 // Looked at by Depth::every_row.
    std::string key_check;  // A text that only the right secrets key opens; empty: none yet.
};

// Changes nothing; reads one snapshot, so a server may run. A damaged database is a finding, not an
// error; Errc::unavailable when it cannot be read at all. When it lacks a migration, or has one
// that we do not know, that is the only finding.
[[nodiscard]] Result<Inspection> inspect(Database& database, Depth depth);

// The artifacts that the releases of a store name. Needs only the table of releases.
[[nodiscard]] Result<std::vector<NamedArtifact>> named_artifacts(Database& database);

}  // namespace updraft::sqlstore
