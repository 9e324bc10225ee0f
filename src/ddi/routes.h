// The device channel's routes.
//
// Lives here: which path and method goes to which function.
// Not here:   the functions (ddi/poll.h, …), the listener (http/).
#pragma once

#include "ddi/context.h"
#include "http/router.h"

namespace updraft::ddi {

// Adds nothing when the channel is switched off. `context` outlives the router.
void add_routes(http::Router& router, Context& context);

}  // namespace updraft::ddi
