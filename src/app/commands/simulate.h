// The command `updraft simulate`: runs a fleet until its goal is reached or it is stopped.
//
// Lives here: its flags, as simulator::FleetOptions and simulator::Behaviour.
//
// Not here:   what the devices do (simulator/), the demo, which also runs a fleet
//             (app/commands/demo.h).
#pragma once

#include "cli/syntax.h"

namespace updraft::app {

// Declares the command below `root`. Exit status: 0 done, 1 failed, 2 wrong usage.
void add_simulate(cli::Syntax const& root);

}  // namespace updraft::app
