// The routes of the admin API, whose contract is docs/admin-api.md and, for programs,
// /openapi.json.
//
// Lives here: adding the routes and the error format to a router, and checking callers.
//
// Not here:   the routes' functions (admin/apps.h and its neighbours), what they use
//             (admin/context.h).
#pragma once

#include <array>
#include <string_view>

#include "admin/context.h"
#include "http/router.h"

namespace updraft::admin {

// Header fields that identify the caller, in lower case: each at most once in a request.
inline constexpr auto identity_fields = std::to_array<std::string_view>({"authorization"});

// Adds the admin API, /openapi.json and, unless [metrics] listen is set, /metrics. `context` must
// outlive the router.
void add_routes(http::Router& router, Context& context);

// Adds /healthz and /readyz, which every listener has.
void add_health(http::Router& router, Context& context);

// Adds only GET /metrics, without a token, for a separate listener (configuration [metrics]).
void add_open_metrics(http::Router& router, Context& context);

}  // namespace updraft::admin
