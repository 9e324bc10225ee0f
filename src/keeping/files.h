// Files as a backup needs them: copied whole, compared, and durable under their name.
//
// Lives here: copying with a digest, small files at once, folders.
// Not here:   which files (backup, restore).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft::keeping {

struct FileSum {
    std::int64_t bytes = 0;
    std::string sha256;

    bool operator==(FileSum const&) const = default;
};

// Gets every piece of a file in order; its error ends the reading and is answered.
using Sink = std::function<Result<void>(std::string_view)>;
// Passes all bytes of a source to a sink.
using Reading = std::function<Result<void>(Sink const&)>;

// Passes every byte to `sink`. Errc::not_found when there is no such file, Errc::unavailable when
// it can't be read.
[[nodiscard]] Result<void> read_whole(std::filesystem::path const& file, Sink const& sink);
[[nodiscard]] Result<FileSum> sum_of(Reading const& reading);
[[nodiscard]] Result<FileSum> sum_of_file(std::filesystem::path const& file);
// To a new file (0600), flushed; its name is durable after flush_folder(). Leaves nothing when it
// fails. Constant memory.
[[nodiscard]] Result<FileSum> keep_whole(Reading const& reading, std::filesystem::path const& to);
[[nodiscard]] Result<FileSum> copy_whole(std::filesystem::path const& from,
                                         std::filesystem::path const& to);
// Flushes a file that other code wrote, and its name.
[[nodiscard]] Result<void> flush_file(std::filesystem::path const& file);

// Atomic and durable, mode 0600; replaces an existing file.
[[nodiscard]] Result<void> write_file(std::filesystem::path const& file, std::string_view content);
// Errc::too_large above the limit.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& file,
                                            std::size_t bytes_max);

// Makes it (0700) with the folders above it, if it is missing. Errc::conflict when it contains
// anything except what a file system puts there itself.
[[nodiscard]] Result<void> make_empty_folder(std::filesystem::path const& folder);
// One level, 0700; an existing one is kept.
[[nodiscard]] Result<void> make_folder(std::filesystem::path const& folder);

// As root, gives everything in `tree` to the owner of `model`; other users own it already.
[[nodiscard]] Result<void> give_to_owner_of(std::filesystem::path const& model,
                                            std::filesystem::path const& tree);

}  // namespace updraft::keeping
