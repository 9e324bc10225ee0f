// Completion of the command line by a shell.
//
// Lives here: the script for bash, made from the commands and flags that there are.
//
// Not here:   which ones there are (cli/syntax.h).
#pragma once

#include <span>
#include <string>

#include "cli/syntax.h"

namespace updraft::cli {

// For `source <(updraft completion bash)`.
[[nodiscard]] std::string bash_completion(std::span<KnownWords const> known);

// Declares the command `completion bash` below the root of `line`, which must outlive it.
void add_completion(CommandLine& line);

}  // namespace updraft::cli
