// The periodic tasks of rollouts, and what they share with the requests of devices.
//
// Lives here: the parts of the staging that a server has once, the task of their steps, and
//             removing old places.
//
// Not here:   the work of a step (staging/steps.h), running a task (app/periodic/periodic_work.h).
#pragma once

#include "app/periodic/periodic_work.h"
#include "leases/leases.h"
#include "ports/store.h"
#include "staging/outcomes.h"
#include "staging/rooms.h"
#include "staging/serving_record.h"
#include "upgrade/means.h"

namespace updraft::app {

// Safe to use from any thread, but for what steps change.
struct RolloutParts {
    // `polling`: of models without an interval of their own. `pushes`: told of each change as well.
    RolloutParts(Millis polling, upgrade::OutcomeListener const& pushes)
        : outcomes(serving, polling), listeners{&outcomes, &pushes} {}

    staging::ServingRecord serving;
    staging::Rooms rooms;
    staging::Outcomes outcomes;
    upgrade::OutcomeListeners listeners;
};

// Takes the steps of rollouts. Every instance looks; the one that holds the lease acts. The
// references outlive the task.
[[nodiscard]] PeriodicWork::Task advance_rollouts(Store& store, upgrade::Means const& means,
                                                  RolloutParts& parts, leases::Leases& leases);
// Removes the devices of rollouts that ended more than `retention` ago; their sums and timelines
// stay.
[[nodiscard]] PeriodicWork::Task forget_places(Store& store, Millis retention);

}  // namespace updraft::app
