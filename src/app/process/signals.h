// The signals of a long-running command.
//
// Lives here: which signals it waits for, and which the whole process ignores.
//
// Not here:   what is done after a signal (app/serve.h).
#pragma once

#include <signal.h>

#include <optional>

#include "vocabulary/instant.h"

namespace updraft::app {

// Ignores SIGPIPE (a peer closed) and SIGXFSZ (a file may not grow): the system call fails instead.
void ignore_deadly_signals();

// Ignores signals that mean nothing to a server and would end it: SIGUSR1, SIGUSR2, timers and
// real-time signals. As process 1 of a container it leaves no ended children behind (SIGCHLD).
void ignore_stray_signals();

// While it lives, SIGTERM, SIGINT and SIGHUP do not end the process, and wait() answers them. Made
// on the main thread before any other thread.
class Signals {
public:
    Signals();
    // Restores what the signals did before.
    ~Signals();
    Signals(Signals const&) = delete;
    Signals& operator=(Signals const&) = delete;

    [[nodiscard]] int wait() const;
    // Nothing when none came within `time`.
    [[nodiscard]] std::optional<int> wait_for(Millis time) const;

    // From now on another Ctrl-C ends the process at once.
    void let_interrupt_kill();

private:
    sigset_t set_{};
    sigset_t before_{};
};

}  // namespace updraft::app
