// When a blob was last read and found whole, and what its file looked like then.
//
// Lives here: the record and its one-line file.
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
    std::int64_t modified_ns = 0;  // The file's modification time, since 1970.
    Instant checked_at;

    // True when the file still looks as it did when it was checked.
    [[nodiscard]] bool describes(struct stat const& status) const;
};

[[nodiscard]] CheckRecord record_of(struct stat const& status, Instant checked_at);

// Nothing when there is none, or none that can be read: then the blob counts as never checked.
[[nodiscard]] std::optional<CheckRecord> read_record(std::filesystem::path const& file);
// Replaces the file at once. Losing it costs a check, so it is not flushed.
Result<void> write_record(std::filesystem::path const& file, CheckRecord const& record);

}  // namespace updraft::blobdir
