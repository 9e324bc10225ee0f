// The calls for available upgrades: POST /open/ota/query/firmware and …/selected.
//
// Lives here: the two calls, and writing the elements of their lists.
//
// Not here:   which release is on offer (firmware/offer.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> query_all(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> query_one(Context& context, http::Request const& request);

}  // namespace updraft::openota
