// Replies with lists of any length. They are made in parts, so that memory is limited (G12).
//
// Lives here: a part of a list, and the reply that reads each part when the previous one was sent.
//
// Not here:   what an element looks like (openota/query.h, openota/history.h).
#pragma once

#include <functional>
#include <string>

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

// Rows that are read in one transaction, at most.
inline constexpr std::int64_t stretch_rows = 500;
// A part ends with the element that reaches this size: a client that does not read its list holds
// no more memory than this and one element.
inline constexpr std::size_t stretch_bytes = 64 * 1024;

// A part of a list: elements as JSON, each with a comma before it, and the function that reads the
// next part.
struct Stretch;
using ReadStretch = std::function<Result<Stretch>(Tx const&)>;
struct Stretch {
    std::string text;
    ReadStretch next;  // Empty: this is the last part.
};

// A list that fits into one part is sent with Content-Length; a longer one part by part. Before
// each further part the caller's app and token are checked again; when they are not good any more,
// the connection is closed in the middle of the list.
[[nodiscard]] http::Reply list_reply(Context& context, http::Request const& request, Stretch first);

}  // namespace updraft::openota
