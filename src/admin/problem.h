// How trouble is worded for operators: RFC 9457 problem documents.
//
// Lives here: the table from our error codes to HTTP statuses, and the document.
// Not here:   what is trouble (the verbs of the domain), the good answers (admin/answer.h).
#pragma once

#include <string>

#include "http/exchange.h"
#include "http/router.h"
#include "vocabulary/result.h"

namespace updraft::admin {

[[nodiscard]] int status_of(Errc code);

[[nodiscard]] http::Reply problem(int status, std::string const& detail);
// Adds what the status wants: WWW-Authenticate to 401, Retry-After to 503.
[[nodiscard]] http::Reply problem(Error const& error);
// For the router: no such path, another method, too large (docs/admin-api.md#errors).
[[nodiscard]] http::Reply trouble_reply(http::Trouble const& trouble);

}  // namespace updraft::admin
