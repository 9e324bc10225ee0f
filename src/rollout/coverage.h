// Whose turn it is under a rollout. Pure; one hash, and no allocation.
//
// Lives here: the reasons of wire contract 6.8 that are true by the rollout alone: audience,
//             states, waves, window.
//
// Not here:   room and rate, which need sums (rollout/growth.h), all other reasons
//             (firmware/eligibility.h, upgrade/facts.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ports/time_zones.h"
#include "rollout/audience.h"
#include "rollout/rollout.h"
#include "vocabulary/reason.h"

namespace updraft::rollout {

enum class Beginning : std::uint8_t {
    by_itself,  // The rollout starts the upgrade when the device shows up (Mode::install).
    // The user, or his auto-upgrade, starts it: whether it is offered to the device.
    by_user,
};

// Whether the device has a place in the rollout that still counts.
enum class Holding : std::uint8_t { no_place, a_place };

struct Coverage {
    Reasons reasons;  // Empty: nothing of the rollout holds the device back.
    // For Reason::wave_not_yet: when the rollout starts.
    std::optional<Instant> starts_at;
};

// The reasons that need no time: all but Reason::window. Subject::attributes may be nullptr unless
// needs_attributes(rollout.audience).
[[nodiscard]] Coverage coverage(Rollout const& rollout, Subject const& subject, Beginning beginning,
                                Holding holding);

// True when an open wave covers that device, audience and state aside: what can be asked first, for
// it costs one hash.
[[nodiscard]] bool wave_covers(Rollout const& rollout, fleet::Device const& device);

// True when the window needs the attributes of a device (its zone), or the audience does.
[[nodiscard]] bool needs_attributes_to_start(Rollout const& rollout);

}  // namespace updraft::rollout
