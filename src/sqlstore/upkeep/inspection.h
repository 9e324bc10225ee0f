// Whether a store is sound: what its rows promise each other, and which artifacts they name.
//
// Lives here: the questions, each one query; the answers as sentences for an operator.
// Not here:   looking at the artifacts themselves (keeping/), mending anything.
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
    rules,      // The database's own check, and what rows promise each other.
    every_row,  // And each column of each row read as what it must be.
};

struct Inspection {
    std::vector<std::string> findings;     // One line each; empty: nothing is wrong.
    std::vector<NamedArtifact> artifacts;  // By digest, each once.
    std::int64_t rows = 0;                 // Looked at by Depth::every_row.
    std::string key_check;  // A text that only the right secrets key opens; empty: none yet.
};

// Changes nothing; on one snapshot, so that a server may go on. A database that is broken is a
// finding, not an error; Errc::unavailable when it can't be read at all. One of an older or newer
// shape is not looked into any further: that is its only finding.
[[nodiscard]] Result<Inspection> inspect(Database& database, Depth depth);

// What the releases of a store name, on a store of any shape that has releases.
[[nodiscard]] Result<std::vector<NamedArtifact>> named_artifacts(Database& database);

}  // namespace updraft::sqlstore
