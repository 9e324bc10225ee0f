// Looking back and at what runs: POST /open/ota/query/firmware/upgrade/history and
// /open/ota/query/upgrade.
//
// Lives here: the two calls and their elements.
// Not here:   which upgrades they hold (upgrade/history.h).
#pragma once

#include "http/exchange.h"
#include "openota/door.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> history(Door& door, http::Request const& request);
http::asio::awaitable<http::Reply> running(Door& door, http::Request const& request);

}  // namespace updraft::openota
