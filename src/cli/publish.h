// `updraft firmware publish FILE`: describe, upload and release in one go.
//
// Lives here: the three calls, and taking back the draft when the second or third fails.
// Not here:   the single calls (cli/commands.h).
#pragma once

#include <string>

#include "cli/call.h"
#include "cli/client.h"

namespace updraft::cli {

struct Publication {
    Given description;  // As for `firmware create`.
    std::string file;
    bool accept_mismatch = false;
};

// The answer to the release, or to the call that said no. A draft that was made and not released is
// removed again, so that the command can simply be repeated.
[[nodiscard]] Result<Answer> publish(Endpoint const& endpoint, Publication const& wanted);

}  // namespace updraft::cli
