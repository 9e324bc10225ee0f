// The command `updraft artifact copy`: from a folder into a bucket, and back.
//
// Lives here: its flags, the places that they mean, what it prints.
// Not here:   the copying (keeping/copy_artifacts.h).
#pragma once

#include <CLI/CLI.hpp>

namespace updraft::app {

// Declares it below `root`; the exit status as in app/keeping_commands.h.
void add_artifact(CLI::App& root, int& exit_status);

}  // namespace updraft::app
