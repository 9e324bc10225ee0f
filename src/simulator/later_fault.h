// A fault that a device shows after it reported success.
//
// Lives here: when it stops for ever, and when it runs its old version again.
//
// Not here:   which devices have such a fault (simulator/ending.h), the requests that follow from
// it
//             (simulator/device.h).
#pragma once

#include <optional>
#include <string>

#include "simulator/behaviour.h"
#include "vocabulary/instant.h"

namespace updraft::simulator {

class LaterFault {
public:
    // After a success at `now`, by what was decided for this upgrade. `old_version` ran before it.
    void plan(Ending const& ending, std::string const& old_version, Instant now);

    // True when the device is never heard of again from a time before `next` on, or from `next` on.
    [[nodiscard]] bool vanishes_before(Instant next) const;
    // To be asked at each poll: the version that the device runs again from now on, once. A
    // fallback without a time comes at the second poll.
    [[nodiscard]] std::optional<std::string> falls_back(Instant now);

private:
    std::optional<std::string> old_version_;  // Set while a fallback is planned.
    int polls_left_ = 0;
    std::optional<Instant> at_;
    bool vanishes_ = false;
};

}  // namespace updraft::simulator
