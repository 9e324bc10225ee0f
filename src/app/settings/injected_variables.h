// Variables that begin with UPDRAFT_ and are no settings.
//
// Lives here: the names that Kubernetes injects for a Service, and those of the command line.
//
// Not here:   the settings' own variables (app/settings/settings_keys.h).
#pragma once

#include <string_view>

namespace updraft::app {

// True for what Kubernetes, or a link of Docker, sets in every container for a Service whose name
// begins with "updraft-": ..._SERVICE_HOST, ..._SERVICE_PORT, ..._SERVICE_PORT_<NAME>,
// ..._PORT_<n>_<PROTOCOL>[_PROTO|_PORT|_ADDR], and ..._PORT with a URL such as "tcp://10.0.0.1:80".
[[nodiscard]] bool is_injected(std::string_view variable, std::string_view value);

// True for UPDRAFT_CONFIG, UPDRAFT_DATA, UPDRAFT_URL, UPDRAFT_ADMIN_TOKEN and
// UPDRAFT_ADMIN_TOKEN_FILE.
[[nodiscard]] bool is_of_commands(std::string_view variable);

}  // namespace updraft::app
