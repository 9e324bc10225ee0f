// Announces a new release to the apps, for each device that can install it, and the withdrawal of
// one, for each device of which an app was told of it. After a withdrawal an app is also told of
// what a device is offered then, if it was not told of it before.
//
// Lives here: the walks over a model's devices in small steps; the messages of a step and the new
//             position are one commit.
//
// Not here:   the message about one device (push/outbox.h), opening an announcement
//             (firmware/publish.h, usecases/withdraw_firmware.h), when a step runs
//             (app/periodic/tasks.h).
#pragma once

#include <cstdint>

#include "ports/store.h"
#include "push/outbox.h"
#include "vocabulary/result.h"

namespace updraft::push {

struct AnnounceRules {
    // A step of 200 keeps the store's writer busy for about 10 ms; other writes wait for that.
    std::int64_t devices_per_step = 200;
    // An app with this many undelivered notices gets no new ones until some are delivered, so that
    // a release for a million devices does not write a million rows at once.
    std::int64_t waiting_notices_max = 1'000;
};

enum class Announced : std::uint8_t {
    nothing,  // There is no walk. Call again when a commit touches Touched::announcements.
    some,     // There is more to do. Call again at once.
    waiting,  // The app of each walk has too many undelivered notices. Call again later.
};

// One step, on a thread that may block: looks for devices in a snapshot, then writes the messages
// in a short transaction that checks each device again. After a crash in between, the step is
// repeated; an app still gets at most one notice for each device and version.
Result<Announced> announce_step(Store& store, Outbox const& outbox, AnnounceRules const& rules,
                                Instant now);

}  // namespace updraft::push
