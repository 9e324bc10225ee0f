// Everything that Updraft does by time, as steps of a rhythm.
//
// Lives here: how often each runs and how much it does at once.
// Not here:   what it does (the verbs of the domain), running it (app/rhythm.h).
#pragma once

#include "app/journal.h"
#include "app/push_watch.h"
#include "app/rhythm.h"
#include "ddi/signs_of_life.h"
#include "ports/blobs.h"
#include "ports/store.h"
#include "push/leases.h"
#include "push/outbox.h"
#include "upgrade/order.h"

namespace updraft::app {

// The step, by one instance at a time where several share a store. Whoever has nothing more to do
// soon lets the others have it.
[[nodiscard]] Rhythm::Step by_turns(Store& store, push::Leases& leases, Rhythm::Step step);

// Upgrades whose time is over. To be woken when one may have become due earlier. By turns, but
// every instance looks for itself.
[[nodiscard]] Rhythm::Step expire_upgrades(Store& store, upgrade::Means const& means,
                                           push::Leases& leases);
// Large orders that whoever opened them did not bring to an end.
[[nodiscard]] Rhythm::Step finish_orders(Store& store, upgrade::Means const& means);
// Apps hear of new releases, a few devices at a time. To be woken when one was published.
[[nodiscard]] Rhythm::Step announce_releases(Store& store, push::Outbox const& outbox);
// Finished upgrades older than the history is kept.
[[nodiscard]] Rhythm::Step forget_history(Store& store, upgrade::Limits const& limits);
// Tokens and codes that have been over for long.
[[nodiscard]] Rhythm::Step forget_tokens(Store& store);
// Receivers that take nothing, and results that wait.
[[nodiscard]] Rhythm::Step watch_pushes(Store& store, PushWatch& watch);
// When devices were last heard of.
[[nodiscard]] Rhythm::Step write_signs_of_life(Store& store, ddi::SignsOfLife& signs);

// These block on the disk for as long as reading an artifact takes: a rhythm of their own.
[[nodiscard]] Rhythm::Step scrub_artifacts(Blobs& blobs, Millis period, Journal& journal);
[[nodiscard]] Rhythm::Step sweep_orphaned_artifacts(Store& store, Blobs& blobs, Journal& journal);

}  // namespace updraft::app
