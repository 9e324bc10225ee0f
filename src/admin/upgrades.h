// Operators' calls about orders and upgrades (docs/admin-api.md#upgrades).
//
// Lives here: showing upgrades, cancelling one or those of an order, ordering upgrades for many
//             devices.
//
// Not here:   the rules of orders and of cancelling (upgrade/order.h, upgrade/cancel.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"
#include "upgrade/cancel.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

// The member "cancel"; Scope::queued when it is absent.
[[nodiscard]] Result<upgrade::Scope> read_scope(json::Object const& said);

asio::awaitable<Reply> list_upgrades(Context& context, Request const& request);
asio::awaitable<Reply> show_upgrade(Context& context, Request const& request);
asio::awaitable<Reply> cancel_upgrade(Context& context, Request const& request, Actor const& actor,
                                      json::Object body);
asio::awaitable<Reply> list_orders(Context& context, Request const& request);
asio::awaitable<Reply> show_order(Context& context, Request const& request);
asio::awaitable<Reply> cancel_order(Context& context, Request const& request, Actor const& actor,
                                    json::Object body);
asio::awaitable<Reply> create_order(Context& context, Request const& request, Actor const& actor,
                                    json::Object body);

}  // namespace updraft::admin
