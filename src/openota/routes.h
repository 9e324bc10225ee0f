// The apps' edge: contract in docs/open-api.md.
//
// Lives here: joining the edge to a router.
// Not here:   what each route does (openota/query.h and its neighbours), what it needs
//             (openota/door.h).
#pragma once

#include "http/router.h"
#include "openota/door.h"

namespace updraft::openota {

// `door` outlives the router. The wording of trouble under "/open" is also that of framing errors.
void add_routes(http::Router& router, Door& door);

}  // namespace updraft::openota
