// The routes of the open API, whose contract is docs/open-api.md.
//
// Lives here: adding the routes and the error format to a router.
//
// Not here:   the routes' functions (openota/query.h and its neighbours), what they use
//             (openota/context.h).
#pragma once

#include "http/router.h"
#include "openota/context.h"

namespace updraft::openota {

// `context` must outlive the router.
void add_routes(http::Router& router, Context& context);

}  // namespace updraft::openota
