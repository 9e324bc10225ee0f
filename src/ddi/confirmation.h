// hawkBit's confirmation resources. Every action counts as confirmed, because its user or an
// operator ordered it.
//
// Lives here: the resources; they answer that there is nothing to confirm.
//
// Not here:   who may order (openota/order.h, admin/upgrades.h).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// GET …/confirmationBase: answers that actions are confirmed automatically, always.
[[nodiscard]] http::asio::awaitable<http::Reply> confirmation_base(Context& context,
                                                                   http::Request const& request);
// GET …/confirmationBase/{id}, POST …/confirmationBase/{id}/feedback: 404, because no action waits
// for confirmation.
[[nodiscard]] http::asio::awaitable<http::Reply> confirmation(Context& context,
                                                              http::Request const& request);
// POST …/confirmationBase/activateAutoConfirm and …/deactivateAutoConfirm
[[nodiscard]] http::asio::awaitable<http::Reply> auto_confirm(Context& context,
                                                              http::Request const& request);

}  // namespace updraft::ddi
