// Operators' calls about users' permissions to apps (docs/admin-api.md#grants).
//
// Lives here: granting, revoking, and authorisation codes for the operator's own login page.
//
// Not here:   making tokens and codes (access/granting.h, access/authorization.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> create_grant(Context& context, Request const& request, Actor const& actor,
                                    json::Object body);
asio::awaitable<Reply> list_grants(Context& context, Request const& request);
asio::awaitable<Reply> remove_grant(Context& context, Request const& request, Actor const& actor);
asio::awaitable<Reply> authorize(Context& context, Request const& request, Actor const& actor,
                                 json::Object body);

}  // namespace updraft::admin
