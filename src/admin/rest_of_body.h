// Answering before an upload was read to its end.
//
// Lives here: reading on for a while, so that the peer, which is still sending, hears the answer.
// Not here:   reading what is wanted (admin/upload.cpp, admin/import.cpp).
#pragma once

#include "http/exchange.h"

namespace updraft::admin {

// A peer that waits for "100 Continue" has sent nothing yet; others get this far with a body that
// nobody wants.
inline constexpr std::size_t unwanted_bytes_max = 8 * 1024 * 1024;

// `reply`, once the rest of a streamed body was read; it closes the connection when there is too
// much of it. A request without a streamed body is answered at once.
boost::asio::awaitable<http::Reply> after_body(http::Request const& request, http::Reply reply);

}  // namespace updraft::admin
