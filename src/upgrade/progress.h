// The progress of an upgrade in percent. Pure.
//
// Lives here: reading figures, which source is preferred, and that the progress never decreases.
//
// Not here:   where figures come from (feedback.h, serving.h), notifying apps (push/outbox.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upgrade/upgrade.h"

namespace updraft::upgrade {

inline constexpr int served_percent_max = 80;       // When all bytes are served.
inline constexpr int unfinished_percent_max = 99;   // 100 means success.
inline constexpr std::int64_t counted_of_min = 10;  // A smaller total is a number of steps.

struct Progress {
    int percent = 0;
    Figure figure = Figure::derived;  // The best source so far.

    bool operator==(Progress const&) const = default;
};

// The percentage of `progress {cnt,of}`; nothing when `of` is below counted_of_min (it counts
// steps) or `cnt` is out of range.
[[nodiscard]] std::optional<int> counted_percent(std::int64_t cnt, std::int64_t of);

// 94 from " 94% Updating slots done."; nothing when the text does not begin with a percentage.
[[nodiscard]] std::optional<int> leading_percent(std::string_view text);

// True when the texts of a report say that the upgrade, which was not known to be downloaded, is:
// one begins with "Download complete", or, when no byte was served by us, with a percentage (the
// device installs what it gets from elsewhere). In later phases only "Download complete" counts.
[[nodiscard]] bool says_downloaded(Upgrade const& upgrade, std::vector<std::string> const& texts);

// True when one of the texts begins with "Download complete".
[[nodiscard]] bool says_complete(std::vector<std::string> const& texts);

// The percentage for `served` of `bytes` bytes: 0 to 80.
[[nodiscard]] int served_percent(std::int64_t served, std::int64_t bytes);

// The percentage for a report without a figure in `state`, when the progress is `percent`: 80
// to 99.
[[nodiscard]] std::optional<int> phase_percent(State state, int percent);

// The percentage for the device's own figure while it installs, when the progress is `shown`. A
// device that counts the installation alone begins again with 0 when the download counted up to
// `shown`: a figure below `shown` is mapped into 80 to 99.
[[nodiscard]] int install_percent(int own, int shown);

// The progress after a new figure. A figure from a worse source than the known one is ignored, the
// progress never decreases, and the maximum is 99.
[[nodiscard]] constexpr Progress after(Progress known, Figure source, int percent) {
    if (source < known.figure) return known;
    auto const capped = percent < unfinished_percent_max ? percent : unfinished_percent_max;
    return {capped > known.percent ? capped : known.percent, source};
}

}  // namespace updraft::upgrade
