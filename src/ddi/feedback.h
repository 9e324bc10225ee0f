// The resources to which devices send reports, answers to a cancellation, and their attributes.
//
// Lives here: the three resources that take a body, and cancelAction.
//
// Not here:   reading the bodies (ddi/wording.h), their effect (upgrade/feedback.h,
//             upgrade/self_description.h).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// POST …/deploymentBase/{id}/feedback
[[nodiscard]] http::asio::awaitable<http::Reply> deployment_feedback(Context& context,
                                                                     http::Request const& request);
// GET …/cancelAction/{id}
[[nodiscard]] http::asio::awaitable<http::Reply> cancel_action(Context& context,
                                                               http::Request const& request);
// POST …/cancelAction/{id}/feedback
[[nodiscard]] http::asio::awaitable<http::Reply> cancel_feedback(Context& context,
                                                                 http::Request const& request);
// PUT …/configData
[[nodiscard]] http::asio::awaitable<http::Reply> config_data(Context& context,
                                                             http::Request const& request);

}  // namespace updraft::ddi
