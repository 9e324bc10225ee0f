// The commands for a server's data: `backup`, `restore`, `check`, `store copy`.
//
// Lives here: their flags, the places that the configuration names, what they print.
//
// Not here:   their work (keeping/, sqlstore/upkeep/copy.h).
#pragma once

#include "cli/syntax.h"

namespace updraft::app {

// Declares the commands below `root`. Exit status: 0 done, 1 failed or the data is damaged, 2 wrong
// usage.
void add_keeping(cli::Syntax const& root);

}  // namespace updraft::app
