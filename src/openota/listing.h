// Lists of any length, made in stretches so that memory stays bounded (G12).
//
// Lives here: a stretch of a list, and the reply that asks for the next one when the last was sent.
// Not here:   what an element looks like (openota/query.h, openota/history.h).
#pragma once

#include <functional>
#include <string>

#include "http/exchange.h"
#include "openota/context.h"

namespace updraft::openota {

// Rows looked at in one transaction.
inline constexpr std::int64_t stretch_rows = 500;

// Elements as JSON, each with a comma before it, and how the stretch after this one is read.
struct Stretch;
using ReadStretch = std::function<Result<Stretch>(Tx const&)>;
struct Stretch {
    std::string text;
    ReadStretch next;  // Empty: this was the last.
};

// A list that fits into one stretch has a Content-Length; a longer one is sent as it is read.
[[nodiscard]] http::Reply list_reply(Context& context, http::Request const& request, Stretch first);

}  // namespace updraft::openota
