// POST /admin/v1/apps/{appid}/push/test: sends an example message to an app's push URL.
//
// Lives here: when it may be sent, and the answer.
//
// Not here:   the message and its sending (push/trial.h), verifying a URL (admin/pushes.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

http::asio::awaitable<http::Reply> test_push(Context& context, http::Request const& request,
                                             Actor const& actor, json::Object body);

}  // namespace updraft::admin
