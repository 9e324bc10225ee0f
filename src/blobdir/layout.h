// Where in an artifact folder a blob stands.
//
// Lives here: the path of a digest, for whoever looks at such a folder without serving from it.
// Not here:   serving (blob_dir).
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace updraft::blobdir {

inline constexpr std::size_t digest_characters = 64;

// Also keeps names like "../x" away from the file system.
[[nodiscard]] inline bool is_digest(std::string_view text) {
    return text.size() == digest_characters && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

// `sha256` is a digest.
[[nodiscard]] inline std::filesystem::path blob_path(std::filesystem::path const& folder,
                                                     std::string const& sha256) {
    return folder / sha256.substr(0, 2) / sha256;
}

}  // namespace updraft::blobdir
