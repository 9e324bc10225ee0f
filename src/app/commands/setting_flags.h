// The flags that give a command its settings: --config, --data, --store, --listen.
//
// Lives here: declaring them, and loading the settings from flags, file and environment.
//
// Not here:   the settings themselves (app/settings/settings.h).
#pragma once

#include <functional>
#include <memory>

#include "app/settings/settings.h"
#include "cli/syntax.h"

namespace updraft::app {

// Declares --config, --data and --store. Parsing the command line fills the returned object.
[[nodiscard]] std::shared_ptr<SettingSources> add_place_flags(cli::Syntax const& syntax);
// Declares these and --listen.
[[nodiscard]] std::shared_ptr<SettingSources> add_setting_flags(cli::Syntax const& syntax);

// Calls `work` with the settings from `sources` and this process's environment, and answers its
// exit status. When they are wrong, prints every problem to stderr and answers 2 if a flag of the
// command line is wrong, else 1.
[[nodiscard]] int with_settings(SettingSources sources, std::function<int(Settings)> const& work);

}  // namespace updraft::app
