// Answers a streamed request whose body is not read to its end.
//
// Lives here: reading and dropping the rest, so that a client that is still sending gets the
//             answer.
//
// Not here:   reading a body that is used (admin/upload.cpp, admin/import.cpp).
#pragma once

#include "http/exchange.h"

namespace updraft::admin {

// Largest body whose rest is read and dropped. For a request with Expect nothing is read: the
// client gets its answer immediately, and the connection is closed.
inline constexpr std::size_t unwanted_bytes_max = 8 * 1024 * 1024;

// Returns `reply` after the rest of the streamed body was read. When more than unwanted_bytes_max
// is left, the reply closes the connection. Returns immediately without a streamed body, and when
// the reply closes the connection: then the connection drops what still arrives.
boost::asio::awaitable<http::Reply> after_body(http::Request const& request, http::Reply reply);

}  // namespace updraft::admin
