// The manifest of a backup. It is written last: a folder without it is not a complete backup.
//
// Lives here: its fields, its JSON form, and the names of all files in the folder.
// Not here:   making a backup (keeping/backup), restoring one (keeping/restore).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::keeping {

inline constexpr std::string_view manifest_name = "manifest.json";
inline constexpr std::string_view store_name = "updraft.db";
inline constexpr std::string_view firmware_name = "firmware";
inline constexpr std::string_view key_name = "secret.key";
inline constexpr std::string_view token_name = "admin-token";

struct Manifest {
    Instant made_at;
    std::string program;  // The version of the program that made it.
    std::int64_t store_bytes = 0;
    std::string store_sha256;
    std::int64_t artifacts = 0;
    std::int64_t artifact_bytes = 0;
    std::vector<std::string> missing;  // Artifacts that releases name and that the source had lost.
    bool with_key = false;
    bool with_artifacts = true;

    bool operator==(Manifest const&) const = default;
};

// The manifest is durable when this returns.
[[nodiscard]] Result<void> write_manifest(std::filesystem::path const& backup,
                                          Manifest const& manifest);
// Errc::not_found when the folder has no manifest, Errc::corrupt when the manifest is malformed,
// Errc::conflict when a newer program wrote it in another format.
[[nodiscard]] Result<Manifest> read_manifest(std::filesystem::path const& backup);

}  // namespace updraft::keeping
