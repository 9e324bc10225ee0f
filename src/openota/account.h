// The calls for an app's tokens: POST /open/account/access/get and …/refresh.
//
// Lives here: the two calls.
//
// Not here:   the rules of tokens (access/token.h), getting them by OAuth 2.0
//             (openota/access_token.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> access_get(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> access_refresh(Context& context, http::Request const& request);

}  // namespace updraft::openota
