// Wishes: POST /open/ota/upgrade/firmware, …/selected and /open/ota/upgrade/cancel.
//
// Lives here: the three calls; a code 0 is sent when the commit is durable (G11).
// Not here:   what an order means (upgrade/order.h), what a cancel means (upgrade/cancel.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> order_all(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> order_one(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> cancel(Context& context, http::Request const& request);

}  // namespace updraft::openota
