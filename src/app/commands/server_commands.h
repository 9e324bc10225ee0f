// The commands `updraft serve`, `updraft config check` and `updraft config example`.
//
// Lives here: their flags.
//
// Not here:   running a server (app/serve.h), the settings (app/settings/settings.h).
#pragma once

#include "cli/syntax.h"

namespace updraft::app {

// Declare the commands below `root`. Exit status: 0 done, 1 failed, 2 wrong usage.
void add_serve(cli::Syntax const& root);
void add_config(cli::Syntax const& root);

}  // namespace updraft::app
