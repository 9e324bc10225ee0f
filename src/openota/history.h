// Looking back and at what runs: POST /open/ota/query/firmware/upgrade/history and
// /open/ota/query/upgrade.
//
// Lives here: the two calls and their elements.
// Not here:   which upgrades they hold (upgrade/history.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> history(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> running(Context& context, http::Request const& request);

}  // namespace updraft::openota
