// `updraft operator reset NAME`: a way in for who has lost all tokens of an operator, on the
// machine itself.
//
// Lives here: the command's flags, writing to the store beside a running server, and the token file
//             of the operator `admin`.
//
// Not here:   what a reset does (usecases/operator_tokens.h), the other commands of operators,
//             which are calls of the admin API (cli/).
#pragma once

#include "cli/syntax.h"

namespace updraft::app {

void add_operator_reset(cli::Syntax const& root);

}  // namespace updraft::app
