// How many more devices may take a place now. Pure.
//
// Lives here: growth by proof, and the other limits of a plan.
//
// Not here:   taking places (staging/), whose turn it is (rollout/coverage.h).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "rollout/place.h"
#include "rollout/rollout.h"
#include "vocabulary/reason.h"

namespace updraft::rollout {

// What limits the room.
enum class Bound : std::uint8_t { wave, rate, in_flight, downloads, unproven };
inline constexpr EnumWords<5> bound_words{"wave", "rate", "in_flight", "downloads", "unproven"};

// Reason::rate, or Reason::no_room.
[[nodiscard]] constexpr Reason reason_of(Bound bound) {
    return bound == Bound::rate ? Reason::rate : Reason::no_room;
}

// Sums over the waves of one epoch, and over all epochs.
[[nodiscard]] Tally total_of_epoch(std::span<WaveTally const> tallies, std::int64_t epoch);
// Of one wave, over all epochs. Waves count from 1; 0: those that took no place in a wave.
[[nodiscard]] Tally total_of_wave(std::span<WaveTally const> tallies, std::int64_t wave);
// Of all waves from 1 to `wave`, over all epochs.
[[nodiscard]] Tally total_up_to_wave(std::span<WaveTally const> tallies, std::int64_t wave);
// Of all epochs and waves.
[[nodiscard]] std::int64_t in_flight_of_all(std::span<WaveTally const> tallies);

inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

// What a device that shows up now competes for, besides what the plan limits.
struct Supply {
    std::int64_t wave_places = no_limit;     // As places_left_in_wave().
    std::int64_t starts = no_limit;          // Left of the rate.
    std::int64_t free_downloads = no_limit;  // Download slots of the server.
};

// Places of the open wave that nobody has taken. no_limit: the rollout is finished, or whoever asks
// takes no place in a wave. 0 before the start, and for a percent wave until its audience is
// counted. `for_canary`: canaries that have not come keep their places from the others for the soak
// of the first wave.
enum class For : std::uint8_t { canary, others };
[[nodiscard]] std::int64_t places_left_in_wave(Rollout const& rollout,
                                               std::span<WaveTally const> tallies, For whom,
                                               Instant now);

struct Room {
    std::int64_t places = 0;  // Never negative.
    Bound binds = Bound::wave;
};
// `total`: the sums of the rollout's epoch. The smallest limit, and which one that is. What is
// unproven may be as many as first_unproven, or the settled good ones, divided by the evidence
// against the build (rollout/gate.h) when that is above 1: else a build that is only a little worse
// than the limit harms twice as many in one run of a hundred.
[[nodiscard]] Room room(Plan const& plan, Tally const& total, Supply const& supply);

// As many starts as may come at once.
[[nodiscard]] constexpr std::int64_t burst_of(Plan const& plan) {
    return plan.per_minute_max < 6 ? 1 : plan.per_minute_max / 6;
}

}  // namespace updraft::rollout
