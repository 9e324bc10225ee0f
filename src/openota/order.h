// The calls that order and cancel upgrades: POST /open/ota/upgrade/firmware, …/selected and
// /open/ota/upgrade/cancel.
//
// Lives here: the three calls. Code 0 is sent only after the commit is durable (G11).
//
// Not here:   the rules of orders (upgrade/order.h, upgrade/order_all.h) and of cancelling
//             (upgrade/cancel.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> order_all(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> order_one(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> cancel(Context& context, http::Request const& request);

}  // namespace updraft::openota
