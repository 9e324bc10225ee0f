// Shows a rollout to people: as a picture of several lines, and in one line.
//
// Lives here: the text of both, which is the same for the same rollout.
//
// Not here:   reading the server's answer (cli/rollout_view.h), drawing it again
//             (cli/rollout_watch.h).
#pragma once

#include <cstddef>
#include <string>

#include "cli/rollout_view.h"

namespace updraft::cli {

// The rollout, its waves with bars, its counts, the gate and the next step. No line is wider than
// `columns_max` (0: as wide as it is).
[[nodiscard]] std::string rollout_picture(RolloutView const& view, std::size_t columns_max);

// "running, wave 2 of 6: 52 handed out, 40 good, 1 failed; 1 of 41 failed, halts at 4".
[[nodiscard]] std::string rollout_line(RolloutView const& view);

// "3 of 40 failed, halts at 5".
[[nodiscard]] std::string gate_in_words(RolloutView const& view);

// "the next wave opens at 2026-11-29 18:00:00 UTC: wave 2 of 6 soaks"; empty when nothing follows.
[[nodiscard]] std::string next_in_words(RolloutView const& view);

}  // namespace updraft::cli
