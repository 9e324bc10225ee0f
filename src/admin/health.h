// The calls for monitoring, and the description of the API.
//
// Lives here: /healthz, /readyz and /metrics (docs/admin-api.md#health), and /openapi.json.
//
// Not here:   what is counted (app/watch/metrics.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> healthz(Context& context, Request const& request);
// 503 with the reason while starting, draining, or while the store takes no writes.
asio::awaitable<Reply> readyz(Context& context, Request const& request);
asio::awaitable<Reply> metrics(Context& context, Request const& request);
asio::awaitable<Reply> openapi(Context& context, Request const& request);

}  // namespace updraft::admin
