// File operations for backups: complete and durable copies with a digest.
//
// Lives here: copying with a digest, reading and writing small files, making folders.
// Not here:   which files are copied (keeping/backup, keeping/restore).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::keeping {

struct FileSum {
    std::int64_t bytes = 0;
    std::string sha256;

    bool operator==(FileSum const&) const = default;
};

// Gets all pieces of a file in order. Its error ends the reading and is returned.
using Sink = std::function<Result<void>(std::string_view)>;
// Passes all bytes of a source to a sink.
using Reading = std::function<Result<void>(Sink const&)>;

// Passes all bytes to `sink`. Errc::not_found when there is no such file, Errc::unavailable when it
// cannot be read.
[[nodiscard]] Result<void> read_whole(std::filesystem::path const& file, Sink const& sink);
[[nodiscard]] Result<FileSum> sum_of(Reading const& reading);
[[nodiscard]] Result<FileSum> sum_of_file(std::filesystem::path const& file);
// Writes to a new file (mode 0600) and flushes it; its name is durable after flush_folder() of its
// folder. After an error there is no file. Memory use does not depend on the size.
[[nodiscard]] Result<FileSum> keep_whole(Reading const& reading, std::filesystem::path const& to);
[[nodiscard]] Result<FileSum> copy_whole(std::filesystem::path const& from,
                                         std::filesystem::path const& to);
// False when nothing has that name. Errc::unavailable when that cannot be known: a folder above it
// may not be searched, for example.
[[nodiscard]] Result<bool> is_there(std::filesystem::path const& path);

// Makes a file that other code wrote durable, with its name.
[[nodiscard]] Result<void> flush_file(std::filesystem::path const& file);

// Writes a file (mode 0600) atomically and durably; replaces an existing one.
[[nodiscard]] Result<void> write_file(std::filesystem::path const& file, std::string_view content);
// Errc::too_large above the limit.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& file,
                                            std::size_t bytes_max);

// Creates the folder (mode 0700) and its parents if they are missing. Errc::conflict when it
// contains anything except "lost+found".
[[nodiscard]] Result<void> make_empty_folder(std::filesystem::path const& folder);
// The folder and those above it, as far as they do not exist, the innermost first: what
// make_empty_folder() would create.
[[nodiscard]] std::vector<std::filesystem::path> missing_folders(
    std::filesystem::path const& folder);
// Removes these folders, in order, as far as they are empty.
void remove_empty_folders(std::span<std::filesystem::path const> folders);

// Creates one folder (mode 0700). Succeeds when it exists.
[[nodiscard]] Result<void> make_folder(std::filesystem::path const& folder);

// When run as root, makes the owner of `model` the owner of `tree` and everything in it. Otherwise
// does nothing.
[[nodiscard]] Result<void> give_to_owner_of(std::filesystem::path const& model,
                                            std::filesystem::path const& tree);

}  // namespace updraft::keeping
