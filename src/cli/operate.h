// `updraft <noun> <verb>`: the operator's commands on a command line.
//
// Lives here: declaring them from the table, making the call, printing the answer.
// Not here:   the table (cli/commands.h), the other commands of the program (app/command_line.h).
#pragma once

#include <CLI/CLI.hpp>

namespace updraft::cli {

// Declares them below `root`. The chosen one runs in its callback and leaves what the process exits
// with in `exit_status`: 0 done, 1 failed.
void add_operator_commands(CLI::App& root, int& exit_status);

}  // namespace updraft::cli
