// A device that shows up takes a place in a rollout that installs by itself.
//
// Lives here: whether it would, opening its upgrade with its place in one commit, and giving a
// place
//             back that was not used.
//
// Not here:   orders of users under a rollout, which take a place when the device fetches them
//             (staging/outcomes.h), what holds a start back (upgrade/facts.h).
#pragma once

#include <optional>

#include "fleet/device.h"
#include "ports/store.h"
#include "rollout/place.h"
#include "upgrade/means.h"
#include "upgrade/upgrade.h"

namespace updraft::staging {

// True when `device`, which asks for work now, takes a place. `active`: its active upgrade; only
// one that a rollout of an older release started and that the device has not fetched gives way. A
// device that no open wave covers costs one hash and no query, and so does one whose rollout has no
// room that this instance knows of.
[[nodiscard]] Result<bool> would_take_place(Tx const& tx, upgrade::Means const& means,
                                            fleet::Device const& device,
                                            std::optional<upgrade::Upgrade> const& active,
                                            Instant now);

// Takes the place, if it still would, and opens the upgrade, with an order of its own. Answers the
// rollout; nothing when no place was taken.
Result<std::optional<RolloutId>> take_place(Tx& tx, upgrade::Means const& means, Did const& did,
                                            Instant now);

// The place was not used: its upgrade, which nobody ordered and no device fetched, vanishes. A
// place that was handed out before waits for its next attempt.
Result<void> give_back(Tx& tx, rollout::Place const& place, Instant now);

// Opens another upgrade for the place, whose transport failed.
Result<void> try_again(Tx& tx, upgrade::Means const& means, rollout::Place const& place,
                       Instant now);

}  // namespace updraft::staging
