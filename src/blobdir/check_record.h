// When a blob was last checked successfully, and its size and modification time at that moment.
//
// Lives here: the record and its one-line file.
//
// Not here:   reading blobs (blobdir/blob_dir.h).
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::blobdir {

struct CheckRecord {
    std::int64_t bytes = 0;
    std::int64_t modified_ns = 0;  // Modification time of the file: nanoseconds since 1970 (UTC).
    Instant checked_at;

    // True when size and modification time are those of the check.
    [[nodiscard]] bool describes(struct stat const& status) const;
};

// `status` as a record of a check made at `checked_at`.
[[nodiscard]] CheckRecord record_of(struct stat const& status, Instant checked_at);

// Nothing when the file is missing or malformed: the blob then counts as never checked.
[[nodiscard]] std::optional<CheckRecord> read_record(std::filesystem::path const& file);
// Replaces the file atomically. Not flushed: if a crash loses it, the blob is checked once more.
Result<void> write_record(std::filesystem::path const& file, CheckRecord const& record);

}  // namespace updraft::blobdir
