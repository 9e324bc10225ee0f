// The program's command line: every command, its help, and the exit codes.
//
// Lives here: putting all commands together, and running the one that was given.
//
// Not here:   the commands (the other files of app/commands/, cli/operate.h).
#pragma once

namespace updraft::app {

// Runs the command that was given. Answers the exit status: 0 done, 1 failed, 2 wrong usage.
[[nodiscard]] int run(int argc, char const* const* argv);

}  // namespace updraft::app
