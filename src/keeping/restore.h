// Restores a backup into an empty data directory.
//
// Lives here: comparing every file with the manifest, and the order in which files are placed.
// Not here:   making a backup (keeping/backup), locking the data directory
//             (app/process/key_file.h).
#pragma once

#include <filesystem>

#include "keeping/manifest.h"

namespace updraft::keeping {

// `to` is a data directory that the caller has locked. Errc::conflict when it is not empty.
// Errc::corrupt when a file of the backup is damaged. Other errors are those of read_manifest().
// Except after Errc::conflict, nothing is left in `to` after an error. The store is placed last:
// without it, a server finds no data. When run as root, the owner of `to` becomes the owner of all
// files.
[[nodiscard]] Result<Manifest> restore(std::filesystem::path const& backup,
                                       std::filesystem::path const& to);

}  // namespace updraft::keeping
