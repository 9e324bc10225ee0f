// Keeping the stored files in order: orphans go, and what remains is read and compared in turn.
//
// Lives here: one step of each, for whoever runs what runs by time (app/rhythm).
// Not here:   when steps happen, how files are read (ports/blobs.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "ports/blobs.h"
#include "ports/store.h"

namespace updraft::firmware {

// A file is durable before the row that names it is written: only after this time is a file without
// a row nobody's.
inline constexpr Millis orphan_age_min = std::chrono::hours{1};

// Removes files that no release names. Answers how many. Blocks on the disk.
[[nodiscard]] Result<std::int64_t> sweep_orphans(Store& store, Blobs& blobs, Instant now);

struct Checked {
    std::string sha256;
    bool damaged = false;  // Worth a line in the journal: it is not served until uploaded again.
};
// Reads and compares one file, the one whose last check is oldest, when that is more than `period`
// ago; nothing when none is due. Blocks as long as reading it takes: call it on a thread that may
// wait.
[[nodiscard]] Result<std::optional<Checked>> scrub_step(Blobs& blobs, Millis period, Instant now);

}  // namespace updraft::firmware
