// A device in a rollout: the place that it took, and what became of it.
//
// Lives here: the types, and the sums of them that the gate judges.
//
// Not here:   who takes a place (staging/take_place.h), outcomes (staging/settle.h), rows
//             (ports/rollouts_table.h).
#pragma once

#include <cstdint>
#include <optional>

#include "rollout/rollout.h"

namespace updraft::rollout {

// A device counts once, by its worst outcome.
enum class Judged : std::uint8_t { unsettled, good, failed, silent, reverted, unreached, neutral };
inline constexpr EnumWords<7> judged_words{"unsettled", "good",      "failed", "silent",
                                           "reverted",  "unreached", "neutral"};
[[nodiscard]] constexpr bool is_bad(Judged judged) {
    return judged == Judged::failed || judged == Judged::silent || judged == Judged::reverted;
}

struct Place {
    RolloutId rollout;
    Did did;
    // Number of the wave, from 1; 0: started by a user or by auto-upgrade, which takes no place in
    // a wave.
    std::int64_t wave = 0;
    std::int64_t epoch = 0;  // Of the rollout when the place was taken.
    // True in a count wave of Mode::install, in which a user and a gateway have one place each.
    bool one_each = false;
    std::optional<OpenId> open_id;  // The user of the device when the place was taken.
    Did family;                     // The gateway of the device then, or the device.
    bool canary = false;
    UpgradeId upgrade;       // The last one that was opened for it.
    bool in_flight = true;   // That upgrade has not ended.
    std::int64_t tries = 1;  // Upgrades that were opened for it; more after transport failures.
    Instant taken_at;
    std::optional<Instant> handed_out_at;  // Of the last one that the device fetched.
    std::optional<Instant> succeeded_at;
    Judged judged = Judged::unsettled;
    std::optional<Instant> judged_at;
    // True when it is bad or unreached and was handed the release more than the settle time ago:
    // only then is it settled. A good one always is.
    bool aligned = false;
    // When the sweep looks at it next; absent: never again by time.
    std::optional<Instant> check_at;
    // When a transport failure is tried again; absent: not.
    std::optional<Instant> retry_at;

    bool operator==(Place const&) const = default;
};

// Sums over the places of one rollout, epoch and wave, which change in the transaction that changes
// a place: by tally_of() of the place after the change, less that of the place before it.
struct Tally {
    std::int64_t taken = 0;       // Neither given back nor neutral.
    std::int64_t canaries = 0;    // Of these, canaries.
    std::int64_t handed_out = 0;  // Of these, who has fetched an upgrade.
    std::int64_t in_flight = 0;   // Of these, whose upgrade has not ended.
    std::int64_t good = 0;
    std::int64_t failed = 0;
    std::int64_t silent = 0;
    std::int64_t reverted = 0;
    std::int64_t unreached = 0;
    std::int64_t neutral = 0;
    std::int64_t aligned_bad = 0;        // Bad, and Place::aligned.
    std::int64_t aligned_unreached = 0;  // Unreached, and Place::aligned.

    [[nodiscard]] std::int64_t bad() const { return failed + silent + reverted; }
    // Outcomes of who was handed the release more than the settle time ago.
    [[nodiscard]] std::int64_t settled() const { return good + aligned_bad + aligned_unreached; }
    [[nodiscard]] std::int64_t unproven() const { return taken - settled(); }
    Tally& operator+=(Tally const& more);
    Tally& operator-=(Tally const& less);
    bool operator==(Tally const&) const = default;
};

// What one place adds to the sums of its rollout, epoch and wave.
[[nodiscard]] Tally tally_of(Place const& place);

struct WaveTally {
    std::int64_t epoch = 0;
    std::int64_t wave = 0;  // As Place::wave.
    Tally tally;

    bool operator==(WaveTally const&) const = default;
};

}  // namespace updraft::rollout
