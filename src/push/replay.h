// Replays messages that were delivered or are dead letters, for an app that lost them.
//
// Lives here: replaying one message, or all of an app in a range of time, in small steps.
//
// Not here:   who may do it (admin), sending (push/dispatch.h).
#pragma once

#include <cstdint>
#include <optional>

#include "ports/store.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::push {

// Makes the message pending again, with the same id and bytes. Errc::not_found; Errc::conflict for
// a progress message, which is of no use when it is old, for an app that is disabled, when the
// grant under which the message was written was deleted, and for a notice of firmware that is not
// offered to its device any more.
Result<void> replay(Tx& tx, WebhookId const& id, Instant now);

// Results and notices of an app that were written in [since, until) and are delivered or dead.
struct ReplayRange {
    AppId appid;
    Instant since;
    Instant until;
};
struct Replayed {
    std::int64_t count = 0;         // Without the skipped ones.
    std::optional<WebhookId> last;  // `after` of the next step; absent: there is none.
};
inline constexpr std::int64_t replay_step_max = 500;

// One step: replays at most `replay_step_max` messages after `after`, and skips those that replay()
// would refuse. Each step is a transaction of its own, so that a long range does not delay other
// writes. Errc::conflict for an app that is disabled.
Result<Replayed> replay_range(Tx& tx, ReplayRange const& range,
                              std::optional<WebhookId> const& after, Instant now);

}  // namespace updraft::push
