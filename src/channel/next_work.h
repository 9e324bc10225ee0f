// The answer to a device that asks for work.
//
// Lives here: authenticating the device and reading its next task in one transaction, and whether
//             the request changes the device's last-seen time.
//
// Not here:   which task is next (upgrade/hand_out.h), how a channel writes it (ddi/poll.h).
#pragma once

#include "channel/authenticate.h"
#include "channel/context.h"
#include "http/exchange.h"
#include "upgrade/hand_out.h"

namespace updraft::channel {

struct NextWork {
    upgrade::Task task = upgrade::Task::nothing;
    UpgradeId id;  // Of the task. Meaningless when `task` is nothing.
    std::optional<UpgradeId> installed;
    bool attributes_wanted = false;
    bool upgrade_is_near = false;  // It has an active upgrade, so it should poll often.
    Millis polling{};              // The polling interval of its model.
    std::optional<Instant> last_seen;
    bool starts_by_itself = false;  // An upgrade would start now; next_work() has tried that.
};

// Reads only, unless the read found that an upgrade starts by itself (staging/take_place.h,
// upgrade/start.h): a device
// with nothing to do must not cost a write. Errc::unauthorized for a wrong credential.
[[nodiscard]] http::asio::awaitable<Result<NextWork>> next_work(Context& context, DeviceCall call,
                                                                Instant now);

// True when the last-seen time should be written: not when the stored one is nearly as new, so that
// a device that polls too often does not cost a write each time.
[[nodiscard]] bool is_news(NextWork const& found, Instant now);

// Sets the device's last-seen time in memory if is_news().
void note_presence(Context& context, Did const& did, NextWork const& found, Instant now);

}  // namespace updraft::channel
