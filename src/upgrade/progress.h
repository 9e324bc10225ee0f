// How far an upgrade is, in percent, from whatever its device lets us know.
//
// Lives here: what counts as a figure, which source wins, and that it never goes back. Pure.
// Not here:   when a figure arrives (feedback.h, serving.h), telling apps (push/outbox.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "upgrade/upgrade.h"

namespace updraft::upgrade {

inline constexpr int served_percent_max = 80;       // All bytes served, nothing installed yet.
inline constexpr int unfinished_percent_max = 99;   // 100 is success and nothing else.
inline constexpr std::int64_t counted_of_min = 10;  // Smaller ones count steps, not percent.

struct Progress {
    int percent = 0;
    Figure figure = Figure::derived;  // The best source so far.

    bool operator==(Progress const&) const = default;
};

// `progress {cnt,of}`; nothing when it counts steps or makes no sense.
[[nodiscard]] std::optional<int> counted_percent(std::int64_t cnt, std::int64_t of);

// "94" of " 94% Updating slots done."; nothing when the text does not begin with a percentage.
[[nodiscard]] std::optional<int> leading_percent(std::string_view text);

// Bytes really served, as 0 to 80.
[[nodiscard]] int served_percent(std::int64_t served, std::int64_t bytes);

// What reaching a phase, or another sign of work in it, is worth: 80 to 99.
[[nodiscard]] std::optional<int> phase_percent(State state, int percent);

// A new figure against what is known: a better source is never overruled, nothing decreases, and 99
// is the end of it.
[[nodiscard]] constexpr Progress after(Progress known, Figure source, int percent) {
    if (source < known.figure) return known;
    auto const capped = percent < unfinished_percent_max ? percent : unfinished_percent_max;
    return {capped > known.percent ? capped : known.percent, source};
}

}  // namespace updraft::upgrade
