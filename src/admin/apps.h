// Operators' calls about apps (docs/admin-api.md#apps).
//
// Lives here: reading the bodies, and answering with the app.
//
// Not here:   making keys (access/app_keys.h), verifying a push URL (push/receiver.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> create_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);
asio::awaitable<Reply> list_apps(Context& context, Request const& request);
asio::awaitable<Reply> show_app(Context& context, Request const& request);
asio::awaitable<Reply> change_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);
asio::awaitable<Reply> remove_app(Context& context, Request const& request, Actor const& actor);
asio::awaitable<Reply> rotate_app(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);

}  // namespace updraft::admin
