// Confirmation, as hawkBit has it: here every action is confirmed, because its user ordered it.
//
// Lives here: the resources of confirmation, answering that there is nothing to confirm.
// Not here:   who may order (openota, admin).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// GET …/confirmationBase: automatic confirmation is what happens, and can't be switched.
[[nodiscard]] http::asio::awaitable<http::Reply> confirmation_base(Context& context,
                                                                   http::Request const& request);
// GET …/confirmationBase/{id}, POST …/confirmationBase/{id}/feedback: no action waits for it.
[[nodiscard]] http::asio::awaitable<http::Reply> confirmation(Context& context,
                                                              http::Request const& request);
// POST …/confirmationBase/activateAutoConfirm and …/deactivateAutoConfirm
[[nodiscard]] http::asio::awaitable<http::Reply> auto_confirm(Context& context,
                                                              http::Request const& request);

}  // namespace updraft::ddi
