// What a rollout adds to the reasons that hold an upgrade back.
//
// Lives here: room, rate, retries and the window, for one device; the room of a rollout.
//
// Not here:   the reasons that need no query (rollout/coverage.h), taking a place
//             (staging/take_place.h), the other facts (upgrade/facts.h).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "firmware/candidate.h"
#include "ports/store.h"
#include "rollout/growth.h"
#include "rollout/outcome.h"
#include "rollout/rollout.h"
#include "rollout/window.h"
#include "upgrade/means.h"
#include "upgrade/upgrade.h"
#include "vocabulary/reason.h"

namespace updraft::upgrade {

// True when it starts upgrades by itself, now or later; a finished one for late devices, until
// another rollout of the model has started.
[[nodiscard]] bool starts_upgrades(firmware::Catalog const& catalog,
                                   rollout::Rollout const& rollout);

// A start under a rollout.
struct RolloutStart {
    rollout::Rollout const& rollout;  // Which decides about the release.
    firmware::Candidate const& device;
    Origin origin = Origin::rollout;
    std::optional<UpgradeId> upgrade = {};  // The queued one; absent: none was opened.
};

// The answers to the reasons of it.
struct RolloutFacts {
    Reasons reasons;  // no_room, rate, retry_later, window, and wave_not_yet for relatives.
    std::optional<rollout::Place> place;         // Of the device.
    std::optional<Instant> retry_at;             // For Reason::retry_later.
    std::optional<rollout::WindowState> window;  // Where the rollout has one.
};
[[nodiscard]] Result<RolloutFacts> rollout_facts_of(Tx const& tx, Means const& means,
                                                    RolloutStart const& start,
                                                    std::string_view user_zone, Instant now);

// The place that such a start would take, if it takes one: its wave is 0 outside of waves.
[[nodiscard]] rollout::Place place_for(RolloutStart const& start, Instant now);

// How often devices of that catalog's model are heard of.
[[nodiscard]] rollout::Rhythm rhythm_of(firmware::Catalog const& catalog, Millis polling);

}  // namespace updraft::upgrade
