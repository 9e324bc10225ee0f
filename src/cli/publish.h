// The command `updraft firmware publish FILE`: describes, uploads and releases a firmware.
//
// Lives here: the three calls, and removing the draft when the second or third fails.
//
// Not here:   the single calls (cli/commands.h).
#pragma once

#include <functional>
#include <string>

#include "cli/call.h"
#include "cli/client.h"

namespace updraft::cli {

struct Publication {
    Given description;  // As for `firmware create`.
    std::string file;
    Given release{};                             // As for `firmware release`, without the id.
    std::function<void(Sent const&)> on_sent{};  // As in Call.
};

// Answers what the server answered to the release, or to the call that failed. A draft that was
// created and not released is removed, so that the command can be repeated.
[[nodiscard]] Result<Answer> publish(Endpoint const& endpoint, Publication const& wanted);

}  // namespace updraft::cli
