// The routes of the DDI edge.
//
// Lives here: the table of methods, paths and functions.
//
// Not here:   the functions (ddi/poll.h, ddi/deployment.h, ddi/download.h, ddi/feedback.h), the
//             listener (http/listener.h).
#pragma once

#include <array>
#include <string_view>

#include "ddi/context.h"
#include "http/router.h"

namespace updraft::ddi {

// Header fields that identify the caller, in lower case: each at most once in a request.
inline constexpr auto identity_fields = std::to_array<std::string_view>({"authorization"});

// Adds nothing when the channel is switched off. `context` must outlive the router.
void add_routes(http::Router& router, Context& context);

}  // namespace updraft::ddi
