// A backup of a server's data while the server runs: the store of one moment, and every artifact
// that its rows name.
//
//   TO/updraft.db     the store, complete in this one file
//   TO/firmware/…     the artifacts, laid out as a server has them, unless they were to stay out
//   TO/secret.key     and TO/admin-token (0600), unless they were to stay out
//   TO/manifest.json  written last: what is above is complete and durable
//
// Lives here: the order of copying, and what becomes of an artifact that is swept meanwhile.
// Not here:   putting it back (restore), the command (app/keeping_commands).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "keeping/artifact_place.h"
#include "keeping/manifest.h"

namespace updraft::keeping {

struct BackupSource {
    // Puts all rows, as of one moment, into a new SQLite file.
    std::function<Result<void>(std::filesystem::path const&)> snapshot;
    std::shared_ptr<ArtifactPlace> artifacts;    // Absent: to stay out.
    std::optional<std::filesystem::path> key;    // Absent: to stay out.
    std::optional<std::filesystem::path> token;  // The same; copied only where it still is.
    std::string program;
};

// `to` must be empty or not be there; what was written is removed when it fails. An artifact that
// the source itself has lost is listed in the manifest, and does not keep the rest from being kept.
[[nodiscard]] Result<Manifest> back_up(BackupSource const& source, std::filesystem::path const& to,
                                       Instant now);

}  // namespace updraft::keeping
