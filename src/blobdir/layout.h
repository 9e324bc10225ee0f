// The path of a blob in an artifact folder.
//
// Lives here: the path of a digest, also for code that reads such a folder without serving from it.
//
// Not here:   serving (blobdir/blob_dir.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace updraft::blobdir {

inline constexpr std::size_t digest_characters = 64;

// True for 64 lower-case hexadecimal digits. Rejects names like "../x" before they become a path.
[[nodiscard]] inline bool is_digest(std::string_view text) {
    return text.size() == digest_characters && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

// Requires is_digest(sha256).
[[nodiscard]] inline std::filesystem::path blob_path(std::filesystem::path const& folder,
                                                     std::string const& sha256) {
    return folder / sha256.substr(0, 2) / sha256;
}

}  // namespace updraft::blobdir
