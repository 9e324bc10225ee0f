// Telling apps about a new release for every device that it concerns, however many there are.
//
// Lives here: the walks over a model's devices, step by step, each step and its position in one
//             commit. Not here: telling about one device (push/outbox.h), opening an announcement
//             (firmware/publish.h), when a step runs (app/wiring.cpp).
#pragma once

#include <cstdint>

#include "ports/store.h"
#include "push/outbox.h"
#include "vocabulary/result.h"

namespace updraft::push {

struct AnnounceRules {
    // A step holds the writer for about ten milliseconds: what is urgent waits that long for it.
    std::int64_t devices_per_step = 200;
    // An app with that many undelivered notices is not told of more until it took some: a release
    // for a million devices never writes a million rows.
    std::int64_t waiting_notices_max = 1'000;
};

enum class Announced : std::uint8_t {
    nothing,  // No walk is under way: again when Touched::announcements says so.
    some,     // There is more to do at once.
    waiting,  // Every walk waits for its app to take what it was told: again when some was
              // delivered.
};

// One step, on a thread that may block: looks for devices in a snapshot, then tells about them in a
// short transaction that checks each again. A crash in between repeats the step, and nobody hears
// of a version twice.
Result<Announced> announce_step(Store& store, Outbox const& outbox, AnnounceRules const& rules,
                                Instant now);

}  // namespace updraft::push
