// Rows of a small consistent store, as SQL: a user, an app, a device, a release and their history.
//
// Lives here: the fewest rows on which every check of the store has something to do.
//
// Not here:   stores made through the verbs of the domain (stage/open_store.h).
#pragma once

#include <string_view>

namespace updraft::stage {

// The bytes of the release's artifact, and their SHA-256.
inline constexpr std::string_view artifact_bytes = "firmware";
inline constexpr std::string_view artifact_sha256 =
    "c3bf47ea1f4a4a605470313cacb3a44f4a461f68c6faeab07e737610cb5ac835";

// INSERT statements for an empty store with all migrations applied.
[[nodiscard]] std::string_view sound_rows();

}  // namespace updraft::stage
