// The resources that describe what a device should install, what it has installed, and the files.
//
// Lives here: deploymentBase, installedBase and the list of a module's artifacts.
//
// Not here:   the files themselves (ddi/download.h), reports (ddi/feedback.h).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// GET …/deploymentBase/{id}. The first such request (not HEAD) puts the upgrade into the state
// `offered`.
[[nodiscard]] http::asio::awaitable<http::Reply> deployment_base(Context& context,
                                                                 http::Request const& request);
// GET …/installedBase/{id}
[[nodiscard]] http::asio::awaitable<http::Reply> installed_base(Context& context,
                                                                http::Request const& request);
// GET …/softwaremodules/{id}/artifacts
[[nodiscard]] http::asio::awaitable<http::Reply> artifacts(Context& context,
                                                           http::Request const& request);

}  // namespace updraft::ddi
