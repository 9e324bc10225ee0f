// Sending again what was delivered or given up, because an app lost it.
//
// Lives here: one message, or an app's stretch of time in small steps.
// Not here:   who may ask for it (admin), sending (push/dispatch.h).
#pragma once

#include <cstdint>
#include <optional>

#include "ports/store.h"

namespace updraft::push {

// Pending again, with the same id and the same bytes. Errc::not_found; Errc::conflict for progress,
// which is a live signal.
Result<void> replay(Tx& tx, WebhookId const& id, Instant now);

// Results and notices of an app that were written in [since, until) and are delivered or dead.
struct ReplayRange {
    AppId appid;
    Instant since;
    Instant until;
};
struct Replayed {
    std::int64_t count = 0;
    std::optional<WebhookId> last;  // Give it to the next step; absent: that was all.
};
inline constexpr std::int64_t replay_step_max = 500;

// One step of at most `replay_step_max` messages, from the one after `after`: a transaction each,
// so that a long range holds up nobody.
Result<Replayed> replay_range(Tx& tx, ReplayRange const& range,
                              std::optional<WebhookId> const& after, Instant now);

}  // namespace updraft::push
