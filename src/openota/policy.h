// Calls about what end users want for their devices (docs/open-api.md#policies).
//
// Lives here: the two calls.
//
// Not here:   the rules (policy/wish.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> query_policy(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> set_policy(Context& context, http::Request const& request);

}  // namespace updraft::openota
