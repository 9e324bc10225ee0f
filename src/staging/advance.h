// One change of a rollout by the server itself, in a transaction of its own.
//
// Lives here: starting at its time, the halt by the gate, the next wave, cancelling what a halt or
//             a stop ends, and the end.
//
// Not here:   acts of operators (staging/operate.h), when it is looked at (staging/steps.h).
#pragma once

#include <optional>

#include "ports/store.h"
#include "rollout/rollout.h"
#include "rollout/wave_course.h"
#include "staging/count_audience.h"
#include "upgrade/means.h"

namespace updraft::staging {

// Starts a scheduled rollout whose time has come. Answers whether it did.
Result<bool> start_due(Tx& tx, RolloutId id, Instant now);

// Sets what was counted, and at the start opens the first wave.
Result<void> record_count(Tx& tx, RolloutId id, AudienceCount const& count, Instant now);

// Why the gate halts that rollout now; nothing when it may go on, or is not judged in its state.
[[nodiscard]] std::optional<rollout::HaltReason> halts(rollout::Rollout const& rollout,
                                                       std::span<rollout::WaveTally const> tallies);
// Halts it, if the gate still says so. Answers the reason.
Result<std::optional<rollout::HaltReason>> halt_if_failing(Tx& tx, RolloutId id, Instant now);

// Notes that the open wave is full, or that it passes. `middle_handed_out_at` and `idle_since` as
// in rollout::WaveFacts.
struct Passed {
    std::optional<Instant> middle_handed_out_at;
    std::optional<Instant> idle_since;
    rollout::Tempo tempo;
};
Result<void> pass_if_due(Tx& tx, RolloutId id, Passed const& facts, Instant now);

// Stops upgrades of a halted rollout, or of one that is being stopped, as its plan says.
struct CancelBatch {
    std::int64_t cancelled = 0;
    std::optional<Did> next;  // The `after` of the next call; absent after the last one.
};
[[nodiscard]] Result<CancelBatch> cancel_batch(Tx& tx, upgrade::Means const& means, RolloutId id,
                                               Did const& after, Instant now);

// A rollout that is being stopped and has no upgrade under way is stopped.
Result<bool> stop_if_done(Tx& tx, RolloutId id, Instant now);

// A finished one that is not watched and serves nobody any more is not looked at again.
[[nodiscard]] Result<bool> is_done(Tx const& tx, rollout::Rollout const& rollout, Instant now);
Result<void> close(Tx& tx, RolloutId id, Instant now);

}  // namespace updraft::staging
