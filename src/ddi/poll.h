// The poll of a device: links to what it should do, and the time until its next poll.
//
// Lives here: the base resource, and the polling interval.
//
// Not here:   what the device should do (channel/next_work.h), the linked resources
//             (ddi/deployment.h, ddi/feedback.h).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// GET /{tenant}/controller/v1/{did}
[[nodiscard]] http::asio::awaitable<http::Reply> poll(Context& context,
                                                      http::Request const& request);

// The longest interval while the device has an active upgrade, before the variation.
inline constexpr std::chrono::seconds near_polling{30};
// Intervals from here on vary by up to a tenth in both directions; shorter ones are exact.
inline constexpr std::chrono::seconds jitter_from{10};

// The time until the device's next poll, at least 1 s. It depends on did and `now`, so that devices
// that polled together do not poll together the next time. The same arguments give the same result.
[[nodiscard]] std::chrono::seconds sleep_of(Millis interval, bool upgrade_is_near, Did const& did,
                                            Instant now);

}  // namespace updraft::ddi
