// Signing in to the console and out of it (docs/admin-api.md#sessions).
//
// Lives here: both calls, the cookie in their answers, and the identity header of a proxy.
//
// Not here:   the use cases (usecases/sign_in.h), the form of the cookie (admin/credentials.h).
#pragma once

#include "admin/admit.h"
#include "admin/context.h"
#include "http/exchange.h"

namespace updraft::admin {

// A token, or nothing.
inline constexpr std::size_t sign_in_body_bytes_max = 4 * 1024;

asio::awaitable<http::Reply> sign_in(Context& context, http::Request const& request);
// Errc::conflict for a call without a session.
asio::awaitable<http::Reply> sign_out(Context& context, http::Request const& request,
                                      Admitted const& caller);

}  // namespace updraft::admin
