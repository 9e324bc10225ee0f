// The device channel's routes.
//
// Lives here: which path and method goes to which function.
// Not here:   the functions (ddi/poll.h, …), the listener (http/).
#pragma once

#include "ddi/door.h"
#include "http/router.h"

namespace updraft::ddi {

// Adds nothing when the channel is switched off. `door` outlives the router.
void add_routes(http::Router& router, Door& door);

}  // namespace updraft::ddi
