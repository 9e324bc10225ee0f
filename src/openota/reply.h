// The envelope that every answer of this edge comes in: {"code":…,"result":…}.
//
// Lives here: success, refusals and trouble as replies, and the one table from Errc to code and
//             HTTP status.
// Not here:   what results look like (openota/query.h and its neighbours), framing (http/).
#pragma once

#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/router.h"
#include "openota/context.h"
#include "vocabulary/result.h"

namespace updraft::openota {

// What a refusal is on this wire (docs/open-api.md#codes).
struct Refusal {
    int code;
    int http_status;
};
[[nodiscard]] Refusal refusal_of(Errc code);

// `result` is JSON already.
[[nodiscard]] http::Reply success(std::string_view result);
[[nodiscard]] http::Reply success_text(std::string_view result);
// Not the caller's fault: `context.trouble` hears it, and the caller only learns the request id.
[[nodiscard]] http::Reply failure(Context const& context, http::Request const& request,
                                  Error const& error);

// What the listener and the router find, under /open, and framing errors on every path (G5).
[[nodiscard]] http::Reply trouble(http::Trouble const& found);

// Tokens stay out of every cache (RFC 6749, 5.1).
[[nodiscard]] http::Reply not_stored(http::Reply reply);

}  // namespace updraft::openota
