// `updraft <noun> <verb>`: the operator's commands on a command line.
//
// Lives here: declaring them from the table, making the call, printing the answer.
//
// Not here:   the table (cli/commands.h), the other commands of the program
//             (app/commands/command_line.h).
#pragma once

#include "cli/endpoint.h"
#include "cli/syntax.h"

namespace updraft::cli {

// Declares the commands below `root`. Their exit status: 0 done; 1 the server refused, did only a
// part, or did not answer; 2 wrong usage.
void add_operator_commands(Syntax const& root);

// Asks the server whether it is ready and prints its answer, with `json` as it came. Answers the
// exit status: 0 when it is ready, else 1.
[[nodiscard]] int ask_whether_ready(Endpoint const& endpoint, bool json);

}  // namespace updraft::cli
