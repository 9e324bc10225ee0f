// The command `updraft demo`: a whole Updraft in one process, with somebody to talk to.
//
// Lives here: the set-up of the demo (by the admin API, as a user would), its fleet and its
// receiver, and the `curl` lines that it prints.
// Not here:   the server (app/server.h), the devices and the receiver themselves (simulator/).
#pragma once

#include <CLI/CLI.hpp>

namespace updraft::app {

// Declares the command below `root`. When it is chosen, it runs in its callback until Ctrl-C and
// leaves what the process exits with in `exit_status`: 0 done, 1 failed, 2 wrong usage.
void add_demo(CLI::App& root, int& exit_status);

}  // namespace updraft::app
