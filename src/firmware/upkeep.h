// Maintenance of the stored files: removes orphans, and checks the other files one after another.
//
// Lives here: one step of each.
//
// Not here:   when a step runs (app/periodic/periodic_work.h), how files are read (ports/blobs.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "ports/blobs.h"
#include "ports/store.h"

namespace updraft::firmware {

// A file is stored before the row that names it is written. Only a file that is older than this and
// has no row is an orphan.
inline constexpr Millis orphan_age_min = std::chrono::hours{1};

// Removes files that no release names, and answers their number. Blocks on the disk.
[[nodiscard]] Result<std::int64_t> sweep_orphans(Store& store, Blobs& blobs, Instant now);

struct Checked {
    std::string sha256;
    bool damaged = false;  // The caller logs it: the file is not served until it is uploaded again.
};
// Checks the file whose last check is oldest, if that check is more than `period` ago: reads it all
// and compares its digest. Nothing when no file is due. Blocks until the file is read, so call it
// on a thread that may block.
[[nodiscard]] Result<std::optional<Checked>> scrub_step(Blobs& blobs, Millis period, Instant now);

}  // namespace updraft::firmware
