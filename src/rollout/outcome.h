// What becomes of a place: the device was handed the release, ends well or badly, or falls silent.
// Pure.
//
// Lives here: a place before and after each event (wire contract 6.7, "Outcomes").
//
// Not here:   noticing the events, rows and sums (staging/), judging the sums (rollout/gate.h).
//
// Each function answers the place after the event; what changes in the sums is
// tally_of(after) - tally_of(before).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rollout/place.h"
#include "rollout/plan.h"
#include "upgrade/upgrade.h"

namespace updraft::rollout {

// How often devices of the model are heard of.
struct Rhythm {
    Millis polling{};               // The model's interval.
    std::optional<Millis> gap_p99;  // 99th percentile of gaps between contacts; absent: unknown.
};

// After so long without a sign, a device is silent.
[[nodiscard]] Millis silence_limit(Plan const& plan, Rhythm const& rhythm);
// An outcome counts as settled so long after the hand-out.
[[nodiscard]] Millis settle_time(Plan const& plan, Rhythm const& rhythm);
// A place that is not handed out so long after it was taken goes back.
[[nodiscard]] constexpr Millis give_back_after(Rhythm const& rhythm) { return 3 * rhythm.polling; }

// Limits of one model under one plan.
struct Tempo {
    Millis silence{};
    Millis settle{};
    // Since when the server has served without a gap and without a jump of its clock. Silence
    // before it proves nothing.
    Instant served_since;
};
[[nodiscard]] Tempo tempo_of(Plan const& plan, Rhythm const& rhythm, Instant served_since);

// What is known of the upgrade of a place, and of its device.
struct Signs {
    // Of Place::upgrade. Absent: the device was removed, or its model has changed.
    std::optional<upgrade::State> state;
    std::string_view cause = {};  // As in Upgrade.
    std::optional<Instant> ended_at = {};
    bool has_all_bytes = false;  // All were served, or the state is `downloaded` or later.
    // When the device, or its gateway, was heard of last.
    std::optional<Instant> heard_at = {};
    // True over MQTT: a device that reports success has thereby been heard of after it.
    bool success_is_a_sign = false;
};

// A new place, whose upgrade was just opened; it goes back unless it is handed out.
[[nodiscard]] Place when_taken(Place place, Rhythm const& rhythm, Instant now);
// True when it was not handed out in time.
[[nodiscard]] bool goes_back(Place const& place, Rhythm const& rhythm, Instant now);
// The device has fetched the upgrade.
[[nodiscard]] Place when_handed_out(Place place, Tempo const& tempo, Instant now);
// Its upgrade has ended, or its time for a look has come, or it was heard of again after silence.
[[nodiscard]] Place when_looked_at(Place place, Plan const& plan, Tempo const& tempo,
                                   Signs const& signs, Instant now);
// Another upgrade was opened for it: a retry, or the user ordered again.
[[nodiscard]] Place when_tried_again(Place place, UpgradeId upgrade, Rhythm const& rhythm,
                                     Instant now);

// What a device reports by itself after its success, as compared with the rollout's release.
enum class Reported : std::uint8_t {
    target,
    later,    // In release order.
    ordered,  // A version that was ordered for it since.
    other,
};
// True when that report makes the outcome Judged::reverted.
[[nodiscard]] bool reverts(Place const& place, Plan const& plan, Reported reported, Instant now);
[[nodiscard]] Place when_reverted(Place place, Tempo const& tempo, Instant now);

}  // namespace updraft::rollout
