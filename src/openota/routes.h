// The apps' edge: contract in docs/open-api.md.
//
// Lives here: joining the edge to a router.
// Not here:   what each route does (openota/query.h and its neighbours), what it needs
//             (openota/context.h).
#pragma once

#include "http/router.h"
#include "openota/context.h"

namespace updraft::openota {

// `context` outlives the router. The wording of trouble under "/open" is also that of framing
// errors.
void add_routes(http::Router& router, Context& context);

}  // namespace updraft::openota
