// The current time. It is read at the edges and passed to every rule as an argument.
//
// Lives here: the port.
// Not here:   the system's clock (app/process/system_clock.h), the tests' clock
//             (stage/manual_clock).
#pragma once

#include "vocabulary/instant.h"

namespace updraft {

// Safe to call from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

}  // namespace updraft
