// Which server a command asks, and with which token.
//
// Lives here: the flags and variables that say so, and what goes before what: flags, variables,
// what
//             `updraft login` kept, the token that a server left in the working directory.
//
// Not here:   whether a token may travel there (cli/endpoint.h), the file of a login
//             (cli/context.h).
#pragma once

#include <string>

#include "cli/endpoint.h"
#include "cli/syntax.h"

namespace updraft::cli {

// What flags said, and for the URL its variable; empty texts were not given.
struct Connection {
    std::string url;
    TokenFlags token;
    std::string ca_file;
    bool insecure_http = false;
};

void add_connection_flags(Syntax const& syntax, Connection& connection);

// The token that was kept goes only to the server that it was kept for. Errors of read_token(),
// read_context() and may_take_token().
[[nodiscard]] Result<Endpoint> endpoint_of(Connection const& connection);

}  // namespace updraft::cli
