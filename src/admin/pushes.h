// Operators' calls about push messages and receivers (docs/admin-api.md#pushes).
//
// Lives here: showing messages, sending them again, verifying a push URL.
//
// Not here:   sending (push/dispatch.h), what may be sent again (push/replay.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> list_pushes(Context& context, Request const& request);
asio::awaitable<Reply> show_push(Context& context, Request const& request);
asio::awaitable<Reply> replay_push(Context& context, Request const& request, Actor const& actor,
                                   json::Object body);
asio::awaitable<Reply> replay_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);
asio::awaitable<Reply> verify_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);

}  // namespace updraft::admin
