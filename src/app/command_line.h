// The program's command line: every command, its help, and the exit codes.
//
// Lives here: the tree's top, and what is done with wrong usage.
// Not here:   the commands (app/serve.h, app/demo.h, app/simulate.h, cli/operate.h).
#pragma once

namespace updraft::app {

// Runs the command that was chosen. Answers 0 done, 1 failed, 2 wrong usage.
[[nodiscard]] int run(int argc, char const* const* argv);

}  // namespace updraft::app
