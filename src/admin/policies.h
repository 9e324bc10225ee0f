// Operators' calls about what end users want for their devices (docs/admin-api.md#policies).
//
// Lives here: showing and setting the policy of a user and of a device.
//
// Not here:   the rules (policy/wish.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> show_device_policy(Context& context, Request const& request);
asio::awaitable<Reply> set_device_policy(Context& context, Request const& request,
                                         Actor const& actor, json::Object body);
asio::awaitable<Reply> show_user_policy(Context& context, Request const& request);
asio::awaitable<Reply> set_user_policy(Context& context, Request const& request, Actor const& actor,
                                       json::Object body);

}  // namespace updraft::admin
