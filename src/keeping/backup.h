// Makes a backup of a server's data while the server runs: the store as of one moment, and every
// artifact that its rows name.
//
//   TO/updraft.db     the store, complete in this one file
//   TO/firmware/…     the artifacts, laid out as a server has them, unless they were excluded
//   TO/secret.key     and TO/admin-token (0600), unless they were excluded
//   TO/manifest.json  written last: what is above is complete and durable
//
// Lives here: the order of copying, and handling artifacts that a server removes meanwhile.
// Not here:   restoring it (keeping/restore), the command (app/commands/keeping_commands.h).
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
    // Writes all rows, as of one moment, to a new SQLite file.
    std::function<Result<void>(std::filesystem::path const&)> snapshot;
    std::shared_ptr<ArtifactPlace> artifacts;    // Absent: excluded.
    std::optional<std::filesystem::path> key;    // Absent: excluded.
    std::optional<std::filesystem::path> token;  // The same; copied only when the file exists.
    std::string program;
};

// `to` must be empty or missing. After an error, everything that was written is removed, and the
// folders that were missing. An artifact that the source has lost is listed in the manifest, and
// everything else is backed up.
[[nodiscard]] Result<Manifest> back_up(BackupSource const& source, std::filesystem::path const& to,
                                       Instant now);

}  // namespace updraft::keeping
