// Error replies to operators: problem documents of RFC 9457.
//
// Lives here: the table from our error codes to HTTP statuses, and writing the document.
//
// Not here:   which errors can occur (the functions of the domain), successful replies
//             (admin/answer.h).
#pragma once

#include <string>

#include "admin/context.h"
#include "http/exchange.h"
#include "http/router.h"
#include "vocabulary/result.h"

namespace updraft::admin {

[[nodiscard]] int status_of(Errc code);

[[nodiscard]] http::Reply problem(int status, std::string const& detail);
// With the header fields of the status: WWW-Authenticate for 401, Retry-After for 503.
[[nodiscard]] http::Reply problem(Error const& error);

// `error` as the client may see it. With a status of 500 or above, its detail is replaced by the
// request id. `context.trouble` is called with the error when the client is not told its detail.
[[nodiscard]] Error told_to_client(Context const& context, http::Request const& request,
                                   Error const& error);
// The problem document of told_to_client().
[[nodiscard]] http::Reply failure(Context const& context, http::Request const& request,
                                  Error const& error);

// For errors of the listener and the router (docs/admin-api.md#errors).
[[nodiscard]] http::Reply trouble_reply(http::Trouble const& trouble);

}  // namespace updraft::admin
