// An app's tokens for its users: POST /open/account/access/get and …/refresh.
//
// Lives here: the two calls.
// Not here:   what tokens promise (access/token.h), the OAuth way to them (openota/access_token.h).
#pragma once

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> access_get(Context& context, http::Request const& request);
http::asio::awaitable<http::Reply> access_refresh(Context& context, http::Request const& request);

}  // namespace updraft::openota
