// What operators do with rollouts, in the transaction of their call.
//
// Lives here: creating, editing and removing a rollout, the acts of operators, approvals, and the
//             end of a rollout whose firmware is withdrawn.
//
// Not here:   which act is possible (staging/acts.h), storing what follows (staging/course.h),
//             recording it (usecases/rollouts.h), what the server does by itself
//             (staging/advance.h).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ports/store.h"
#include "rollout/rollout.h"
#include "staging/acts.h"
#include "upgrade/cancel.h"
#include "upgrade/means.h"

namespace updraft::staging {

struct ToCreate {
    ReleaseId release;
    std::string name;
    rollout::Mode mode = rollout::Mode::offer;
    rollout::Audience audience;
    rollout::Plan plan;
    std::optional<Instant> start_at;
};
// A draft of an operator `by`. Errc::invalid when there is no such firmware; Errc::conflict when it
// is not released, or has an open rollout.
[[nodiscard]] Result<rollout::Rollout> create(Tx& tx, ToCreate const& wanted, std::string const& by,
                                              Instant now);

// A rollout before and after a change.
struct Changed {
    rollout::Rollout before;
    rollout::Rollout after;
};

// Changes members of the rollout that it gets. It may run twice.
using Edit = std::function<Result<void>(rollout::Rollout&)>;
// An edit of what is approved, but not started, voids the approval. Errc::not_found; the errors of
// `edit`; Errc::conflict for what may only
// change in a draft.
[[nodiscard]] Result<Changed> edit(Tx& tx, RolloutId id, Edit const& edit, std::string const& by,
                                   Instant now);

struct Move {
    RolloutId id;
    Act act = Act::submit;
    std::string note = {};
    bool acknowledged = false;
};
// Errc::not_found; errors as check(); Errc::conflict when its firmware is not released any more;
// Errc::forbidden when `by` may not approve it.
[[nodiscard]] Result<Changed> move(Tx& tx, upgrade::Means const& means, Move const& wanted,
                                   std::string const& by, Instant now);

// Removes a draft, and answers it. Errc::not_found; Errc::conflict when it is not a draft.
[[nodiscard]] Result<rollout::Rollout> remove(Tx& tx, RolloutId id);

// Stops the rollout of a withdrawn firmware, if one decides about it. `scope` counts instead of its
// plan's onStop.
[[nodiscard]] Result<std::optional<rollout::Rollout>> stop_withdrawn(Tx& tx, ReleaseId release,
                                                                     upgrade::Scope scope,
                                                                     std::string const& by,
                                                                     Instant now);

}  // namespace updraft::staging
