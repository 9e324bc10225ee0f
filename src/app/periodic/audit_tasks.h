// The periodic tasks about operators: rows of counted refusals, and removing what is old.
//
// Lives here: how often each task runs, and how much it does in one run.
//
// Not here:   counting refusals (audit/denials.h), the other tasks (app/periodic/tasks.h).
#pragma once

#include <optional>

#include "app/periodic/periodic_work.h"
#include "audit/denials.h"
#include "ports/store.h"

namespace updraft::app {

// The references outlive the task.

// Adds the rows of refused calls whose minute is over.
[[nodiscard]] PeriodicWork::Task write_denials(Store& store, audit::Denials& denials);
// Adds them once; without `now` also those whose minute is not over, at the end of the process.
[[nodiscard]] Result<void> write_counted_denials(Store& store, audit::Denials& denials,
                                                 std::optional<Instant> now);
// Ends expired tokens of operators, and removes tokens that ended long ago, sessions that began
// more than `session_max` ago, and setup tokens that nobody used.
[[nodiscard]] PeriodicWork::Task forget_sign_ins(Store& store, Millis session_max);
// Removes rows of the audit that are older than `retention`.
[[nodiscard]] PeriodicWork::Task forget_audit(Store& store, Millis retention);

}  // namespace updraft::app
