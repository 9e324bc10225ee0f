// A backup put back into an empty data directory.
//
// Lives here: comparing every file with what the backup says of it, and the order of placing.
// Not here:   making a backup (backup), holding the data directory (app/key_file).
#pragma once

#include <filesystem>

#include "keeping/manifest.h"

namespace updraft::keeping {

// `to` is a data directory that the caller holds; Errc::conflict when there is anything in it.
// Errc::corrupt when a file of the backup is not what it was; then, and after any other error,
// nothing is left in `to`. The store is placed last: a server finds all of it, or an empty folder.
// As root, whoever owns `to` gets what is put there.
[[nodiscard]] Result<Manifest> restore(std::filesystem::path const& backup,
                                       std::filesystem::path const& to);

}  // namespace updraft::keeping
