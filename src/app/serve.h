// The process around a server, from the first log line to the exit status.
//
// Lives here: the lines on stdout, signals (stop, read certificates again), process limits, and
//             what the service manager is told.
//
// Not here:   the server (app/wiring.h), the command line (app/commands/server_commands.h).
#pragma once

#include "app/settings/settings.h"

namespace updraft::app {

// Runs a server until SIGTERM or SIGINT; SIGHUP reads the certificates again. After SIGTERM it
// still serves for drain_delay, while /readyz answers 503. Answers the exit
// status: 0 after an orderly stop, 1 when it could not start. Called on the main thread, before
// any other thread is made.
[[nodiscard]] int serve(Settings settings);

}  // namespace updraft::app
