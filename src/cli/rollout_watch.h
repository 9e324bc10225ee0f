// The commands `updraft rollout show` and `updraft rollout watch`.
//
// Lives here: asking for a rollout, once or until it ends, and drawing it again.
//
// Not here:   the picture (cli/rollout_picture.h), the other commands of rollouts
//             (cli/nouns/rollout.cpp).
#pragma once

#include <string_view>

#include "cli/syntax.h"

namespace updraft::cli {

// Exit status of `watch` when the rollout was halted or stopped.
inline constexpr int watched_in_vain = 3;

// The exit status that the state ends `watch` with; -1: it goes on.
[[nodiscard]] constexpr int status_of_end(std::string_view state) {
    if (state == "finished") return 0;
    return state == "halted" || state == "stopped" ? watched_in_vain : -1;
}

void add_rollout_views(Syntax const& noun);

}  // namespace updraft::cli
