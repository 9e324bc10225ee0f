// The OAuth 2.0 token endpoint: POST /access_token (RFC 6749, 3.2).
//
// Lives here: its form, its two grant types, its own errors.
//
// Not here:   codes and tokens themselves (access/authorization.h, access/token.h).
#pragma once

#include "http/exchange.h"
#include "http/router.h"
#include "openota/context.h"

namespace updraft::openota {

inline constexpr std::string_view access_token_path = "/access_token";

http::asio::awaitable<http::Reply> access_token(Context& context, http::Request const& request);

// An error of the listener or the router under that path, in the format of RFC 6749, 5.2.
[[nodiscard]] http::Reply access_token_trouble(http::Trouble const& found);

}  // namespace updraft::openota
