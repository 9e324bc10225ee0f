// The command `updraft artifact copy`: from a folder into a bucket, and back.
//
// Lives here: its flags, the folders and buckets that they name, what it prints.
//
// Not here:   the copying (keeping/copy_artifacts.h).
#pragma once

#include "cli/syntax.h"

namespace updraft::app {

// Declares it below `root`. Exit status: 0 done, 1 failed or an artifact is damaged, 2 wrong usage.
void add_artifact(cli::Syntax const& root);

}  // namespace updraft::app
