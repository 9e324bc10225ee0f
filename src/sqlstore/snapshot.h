// A copy of an SQLite store as it was at one moment, taken while a server goes on writing to it.
//
// Lives here: taking one.
// Not here:   the artifacts that belong to it (keeping/backup).
#pragma once

#include <filesystem>

#include "vocabulary/result.h"

namespace updraft::sqlstore {

// `to` must not exist. It is complete and compact, but not yet flushed. The write-ahead log of
// `from` can't be shortened meanwhile. Errc::not_found when there is no `from`.
[[nodiscard]] Result<void> take_snapshot(std::filesystem::path const& from,
                                         std::filesystem::path const& to);

}  // namespace updraft::sqlstore
