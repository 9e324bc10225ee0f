// Operators' calls about rollouts (docs/admin-api.md#rollouts).
//
// Lives here: the calls; If-Match is compared in the transaction of a change.
//
// Not here:   the rules (staging/operate.h), bodies (admin/read_rollout.h), writing rollouts
//             (admin/show_rollout.h).
#pragma once

#include <utility>

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"
#include "staging/acts.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> create_rollout(Context& context, Request const& request, Actor const& actor,
                                      json::Object body);
asio::awaitable<Reply> list_rollouts(Context& context, Request const& request);
asio::awaitable<Reply> show_rollout(Context& context, Request const& request);
asio::awaitable<Reply> change_rollout(Context& context, Request const& request, Actor const& actor,
                                      json::Object body);
asio::awaitable<Reply> remove_rollout(Context& context, Request const& request, Actor const& actor);

asio::awaitable<Reply> move_rollout(Context& context, Request const& request, Actor const& actor,
                                    staging::Act act, json::Object body);
// POST /rollouts/{id}/submit and so on, for the table of routes.
template <staging::Act act>
asio::awaitable<Reply> move_rollout_by(Context& context, Request const& request, Actor const& actor,
                                       json::Object body) {
    return move_rollout(context, request, actor, act, std::move(body));
}

asio::awaitable<Reply> list_rollout_devices(Context& context, Request const& request);
asio::awaitable<Reply> show_rollout_timeline(Context& context, Request const& request);

// In admin/preview_rollout.cpp. These read all devices of the model.
asio::awaitable<Reply> preview_rollout(Context& context, Request const& request, Actor const& actor,
                                       json::Object body);
asio::awaitable<Reply> preview_of_rollout(Context& context, Request const& request);

}  // namespace updraft::admin
