// Operators' calls that stop upgrades and explain why they wait (docs/admin-api.md#holds).
//
// Lives here: placing, listing and lifting holds; why a device does not get a release; writing a
//             reason.
//
// Not here:   what a hold does (usecases/hold.h), the reasons (upgrade/why.h).
#pragma once

#include <optional>

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"
#include "json/writer.h"
#include "upgrade/why.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> place_hold(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);
asio::awaitable<Reply> list_holds(Context& context, Request const& request);
asio::awaitable<Reply> lift_hold(Context& context, Request const& request, Actor const& actor);

asio::awaitable<Reply> explain_device(Context& context, Request const& request);

// The member "waitingFor": {reason, since, next}, or null.
void waiting_member(json::Writer& writer, std::optional<upgrade::Held> const& held);

}  // namespace updraft::admin
