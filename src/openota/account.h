// An app's tokens for its users: POST /open/account/access/get and …/refresh.
//
// Lives here: the two calls.
// Not here:   what tokens promise (access/token.h), the OAuth way to them (openota/access_token.h).
#pragma once

#include "http/exchange.h"
#include "openota/door.h"

namespace updraft::openota {

http::asio::awaitable<http::Reply> access_get(Door& door, http::Request const& request);
http::asio::awaitable<http::Reply> access_refresh(Door& door, http::Request const& request);

}  // namespace updraft::openota
