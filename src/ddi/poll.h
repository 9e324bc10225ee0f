// The poll: what a device is to do, where it finds it, and when it asks again.
//
// Lives here: the base resource, and the polling interval.
// Not here:   what there is to do (upgrade/hand_out.h), the resources it links to (deployment.h,
// …).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// GET /{tenant}/controller/v1/{did}
[[nodiscard]] http::asio::awaitable<http::Reply> poll(Context& context,
                                                      http::Request const& request);

// While an upgrade is near a device asks at least so often, unless it is set to ask oftener.
inline constexpr std::chrono::seconds near_polling{30};
// Shorter intervals than this are kept as they are set; longer ones vary by a tenth.
inline constexpr std::chrono::seconds jitter_from{10};

// How long this device is to wait. Spreads devices that would ask at the same moment; the same did
// at the same moment gets the same answer.
[[nodiscard]] std::chrono::seconds sleep_of(Millis interval, bool upgrade_is_near, Did const& did,
                                            Instant now);

}  // namespace updraft::ddi
