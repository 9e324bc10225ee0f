// The system's clock: the only place that reads the time of day.
//
// Lives here: the adapter.
//
// Not here:   the port (ports/clock.h), the tests' clock (tests/stage/manual_clock.h).
#pragma once

#include <chrono>

#include "ports/clock.h"

namespace updraft::app {

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        auto const since = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<Millis>(since).count()};
    }
};

}  // namespace updraft::app
