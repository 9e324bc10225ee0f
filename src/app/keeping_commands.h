// The commands that look after a server's data: `backup`, `restore`, `check`, `store copy`.
//
// Lives here: their flags, where a configuration says that things are, what they print.
// Not here:   what they do (keeping/, sqlstore/upkeep/copy.h).
#pragma once

#include <CLI/CLI.hpp>

namespace updraft::app {

// Declares the commands below `root`. The chosen one runs in its callback and leaves what the
// process exits with in `exit_status`: 0 done, 1 failed or something is wrong, 2 wrong usage.
void add_keeping(CLI::App& root, int& exit_status);

}  // namespace updraft::app
