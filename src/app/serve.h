// The commands `updraft serve` and `updraft config`, and the process around a server.
//
// Lives here: from the command line to settings, the line on stdout, signals, exit codes.
// Not here:   the server (app/wiring.h), reading settings (app/settings.h).
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/settings.h"

namespace updraft::app {

// Declares --config, --data and --store; they are in the answer once parsed.
[[nodiscard]] std::shared_ptr<SettingSources> add_place_sources(CLI::App& app);
// Those and --listen.
[[nodiscard]] std::shared_ptr<SettingSources> add_setting_sources(CLI::App& app);

// The settings from there and the environment. Nothing, and every problem on stderr, when they are
// wrong; then `exit_status` says how.
[[nodiscard]] std::optional<Settings> settings_from(SettingSources sources, int& exit_status);

// Declares the commands below `root`. The chosen one runs in its callback and leaves what the
// process exits with in `exit_status`: 0 done, 1 failed, 2 wrong usage.
void add_serve(CLI::App& root, int& exit_status);
void add_config(CLI::App& root, int& exit_status);

}  // namespace updraft::app
