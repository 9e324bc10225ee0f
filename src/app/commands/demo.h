// The command `updraft demo`: a server, simulated devices and a push receiver in one process.
//
// Lives here: starting and stopping all of them.
//
// Not here:   the server (app/wiring.h), the devices and the receiver (simulator/), calls of the
//             admin API (app/commands/demo_stage.h), the printed text (app/commands/demo_guide.h).
#pragma once

#include "cli/syntax.h"

namespace updraft::app {

// Declares the command below `root`; it runs until SIGTERM or Ctrl-C. Exit status: 0 done, 1
// failed, 2 wrong usage.
void add_demo(cli::Syntax const& root);

}  // namespace updraft::app
