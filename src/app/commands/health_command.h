// The command `updraft health`.
//
// Lives here: finding the server's own listener in its configuration, and asking it.
//
// Not here:   the answer of /readyz (admin/health.h), the request (cli/client.h).
#pragma once

#include "app/settings/settings.h"
#include "cli/endpoint.h"
#include "cli/syntax.h"

namespace updraft::app {

// Declares the command below `root`. Exit status: 0 ready; 1 not ready, or no answer; 2 wrong
// usage.
void add_health(cli::Syntax const& root);

// The first listener of a server with these settings, as this machine reaches it; with TLS only the
// key of [tls] cert is trusted. Errc::invalid when its port is 0, or when the certificate cannot be
// read.
[[nodiscard]] Result<cli::Endpoint> own_endpoint(Settings const& settings);

}  // namespace updraft::app
