// The command `updraft simulate`: its flags, and running a fleet until it is done or told to stop.
//
// Lives here: from the command line to simulator::Options.
// Not here:   what the devices do (simulator/), the demo that runs a fleet beside a server
// (app/demo.h).
#pragma once

#include <CLI/CLI.hpp>

namespace updraft::app {

// Declares the command below `root`. When it is chosen, it runs in its callback and leaves what the
// process exits with in `exit_status`: 0 done, 1 failed, 2 wrong usage.
void add_simulate(CLI::App& root, int& exit_status);

}  // namespace updraft::app
