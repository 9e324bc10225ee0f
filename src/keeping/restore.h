// Restores a backup into an empty data directory.
//
// Lives here: comparing every file with the manifest, and the order in which files are placed.
// Not here:   making a backup (backup), holding the data directory (app/key_file).
#pragma once

#include <filesystem>

#include "keeping/manifest.h"

namespace updraft::keeping {

// `to` is a data directory that the caller has locked; Errc::conflict when there is anything in it.
// Errc::corrupt when a file of the backup is damaged; then, and after any other error, nothing is
// left in `to`. The store is placed last: a server finds all of it, or an empty folder. As root,
// the owner of `to` becomes the owner of all files.
[[nodiscard]] Result<Manifest> restore(std::filesystem::path const& backup,
                                       std::filesystem::path const& to);

}  // namespace updraft::keeping
