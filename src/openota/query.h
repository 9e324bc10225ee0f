// What could be upgraded: POST /open/ota/query/firmware and …/selected.
//
// Lives here: the two calls and their element.
// Not here:   which release is on offer (firmware/offer.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> query_all(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> query_one(Context& context, http::Request const& request);

}  // namespace updraft::openota
