// Replies of the open API, which all have the form {"code":…,"result":…}.
//
// Lives here: replies for success and errors, and the only table from Errc to code and HTTP status.
//
// Not here:   the content of results (openota/query.h and its neighbours), HTTP framing (http/).
#pragma once

#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/router.h"
#include "openota/context.h"
#include "vocabulary/result.h"

namespace updraft::openota {

// An error as code and HTTP status (docs/open-api.md#codes).
struct Refusal {
    int code;
    int http_status;
};
[[nodiscard]] Refusal refusal_of(Errc code);

// Code 0. success(): `result` is JSON. success_text(): `result` is a text.
[[nodiscard]] http::Reply success(std::string_view result);
[[nodiscard]] http::Reply success_text(std::string_view result);
// For the answer of a handler: counts what may be a guess, which delays the reply when there were
// many. With a status of 500 or above, `context.trouble` gets the error, and the caller gets a
// general text, with the request id if the error is internal.
[[nodiscard]] http::Reply failure(Context const& context, http::Request const& request,
                                  Error const& error);

// For errors of the listener and the router: paths under /open, and framing errors on every path
// (G5).
[[nodiscard]] http::Reply trouble(http::Trouble const& found);

// Adds the field by which HTTP/1.0 forbids caching, for answers with tokens (RFC 6749, 5.1). Every
// reply has Cache-Control: no-store.
[[nodiscard]] http::Reply not_stored(http::Reply reply);

}  // namespace updraft::openota
