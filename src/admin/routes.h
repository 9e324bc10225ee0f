// The operators' edge: contract in docs/admin-api.md, described to machines by /openapi.json.
//
// Lives here: joining the edge to a router.
// Not here:   what each route does (admin/apps.h and its neighbours), what it needs
// (admin/context.h).
#pragma once

#include "admin/context.h"
#include "http/router.h"

namespace updraft::admin {

// `context` outlives the router.
void add_routes(http::Router& router, Context& context);

// GET /metrics alone and without a token, for a listener of its own (configuration [metrics]).
void add_open_metrics(http::Router& router, Context& context);

}  // namespace updraft::admin
