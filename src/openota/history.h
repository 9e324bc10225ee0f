// The calls for finished and for running upgrades: POST /open/ota/query/firmware/upgrade/history
// and /open/ota/query/upgrade.
//
// Lives here: the two calls, and writing the elements of their lists.
//
// Not here:   which upgrades are in the lists (upgrade/history.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> history(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> running(Context& context, http::Request const& request);

}  // namespace updraft::openota
