// The commands `updraft login` and `updraft logout`.
//
// Lives here: asking for a token, checking it, and keeping it for the commands that follow.
//
// Not here:   the file (cli/context.h), making and revoking tokens (the noun "token").
#pragma once

#include "cli/syntax.h"

namespace updraft::cli {

// Declare the commands below `root`. Exit status: 0 done; 1 the server refused the token, or
// nothing could be kept; 2 wrong usage.
void add_login(Syntax const& root);
void add_logout(Syntax const& root);

}  // namespace updraft::cli
