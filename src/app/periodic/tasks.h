// The periodic tasks of a server.
//
// Lives here: how often each task runs, and how much it does in one run.
//
// Not here:   the work (upgrade/expire.h, push/announce.h, firmware/upkeep.h, …), running a task
//             (app/periodic/periodic_work.h), tasks for a bucket (app/periodic/bucket_tasks.h).
#pragma once

#include "access/guessing.h"
#include "app/periodic/periodic_work.h"
#include "app/watch/journal.h"
#include "app/watch/push_watch.h"
#include "channel/presence.h"
#include "channel/served_bytes.h"
#include "leases/leases.h"
#include "ports/blobs.h"
#include "ports/store.h"
#include "push/outbox.h"
#include "upgrade/order.h"

namespace updraft::app {

// The references outlive the task.

// The task, run only by the instance that holds the lease of the task's name, where several
// instances share the store. The lease is given back when nothing is due in the next 2 seconds.
[[nodiscard]] PeriodicWork::Task under_lease(Store& store, leases::Leases& leases,
                                             PeriodicWork::Task task);

// Ends upgrades whose deadline has passed. Woken when an upgrade may be due earlier than before.
// Every instance looks for such upgrades; the one that holds the lease ends them.
[[nodiscard]] PeriodicWork::Task expire_upgrades(Store& store, upgrade::Means const& means,
                                                 leases::Leases& leases);
// Completes large orders whose instance stopped before all of their upgrades were created.
[[nodiscard]] PeriodicWork::Task finish_orders(Store& store, upgrade::Means const& means);
// Writes the messages about new releases, for a few devices in one run. Woken when a release is
// published.
[[nodiscard]] PeriodicWork::Task announce_releases(Store& store, push::Outbox const& outbox);
// Removes finished upgrades that are older than [upgrade] history_retention.
[[nodiscard]] PeriodicWork::Task forget_history(Store& store, upgrade::Limits const& limits);
// Removes tokens and codes that expired long ago.
[[nodiscard]] PeriodicWork::Task forget_tokens(Store& store);
// Counts the receivers by their state, and finds the oldest undelivered result.
[[nodiscard]] PeriodicWork::Task watch_pushes(Store& store, PushWatch& watch);
// Logs one line in each second for each address whose calls were not authenticated, and for each
// app that asked for unknown dids, with the number of calls. Of many, the 20 with most calls are
// named, and one line has the sum of all others.
[[nodiscard]] PeriodicWork::Task report_refusals(access::Guessing& guessing, Journal& journal);
// Writes the times at which devices were last seen.
[[nodiscard]] PeriodicWork::Task write_signs_of_life(Store& store, channel::Presence& signs);
// Writes which bytes of artifacts were served, where no further ones followed.
[[nodiscard]] PeriodicWork::Task write_served_bytes(Store& store, upgrade::Means const& means,
                                                    channel::ServedTally& served);

// The next two read whole files and block for as long as that takes: run them in another
// PeriodicWork.

// Compares each artifact with its digest once in `period`.
[[nodiscard]] PeriodicWork::Task scrub_artifacts(Blobs& blobs, Millis period, Journal& journal);
// Removes the artifacts that no release names.
[[nodiscard]] PeriodicWork::Task sweep_orphaned_artifacts(Store& store, Blobs& blobs,
                                                          Journal& journal);

}  // namespace updraft::app
