// The signals that a long-running command listens to.
//
// Lives here: which are waited for, and which are ignored by the whole process.
// Not here:   what follows from one (app/serve.h).
#pragma once

#include <signal.h>

#include <optional>

#include "vocabulary/instant.h"

namespace updraft::app {

// SIGPIPE (a peer went away) and SIGXFSZ (a file may not grow) become errors of the call.
void ignore_deadly_signals();

// While it lives, SIGTERM, SIGINT and SIGHUP are waited for instead of ending the process. Made on
// the main thread before any other thread.
class Signals {
public:
    Signals();
    // Signals do again what they did before.
    ~Signals();
    Signals(Signals const&) = delete;
    Signals& operator=(Signals const&) = delete;

    [[nodiscard]] int wait() const;
    // Nothing when none came in that time.
    [[nodiscard]] std::optional<int> wait_for(Millis time) const;

    // From now on a second Ctrl-C ends the process at once.
    void let_interrupt_kill();

private:
    sigset_t set_{};
    sigset_t before_{};
};

}  // namespace updraft::app
