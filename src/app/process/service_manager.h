// Tells the service manager (systemd) how the server is, by the protocol of sd_notify(3).
//
// Lives here: one datagram for each message to the socket that NOTIFY_SOCKET names, and the
//             variables of the watchdog.
//
// Not here:   when which message is sent (app/serve.h, app/process/watchdog.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::app {

// Not changed after it was made, so it may be used from any thread.
class ServiceManager {
public:
    // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    [[nodiscard]] static ServiceManager of_environment();

    // Sends one message, such as "READY=1"; several lines are one message. No effect without a
    // service manager. Errc::unavailable, with a sentence, when it cannot be sent.
    [[nodiscard]] Result<void> tell(std::string_view message) const;

    // How long the manager waits for "WATCHDOG=1" before it ends the process; nothing when it does
    // not watch this process.
    [[nodiscard]] std::optional<Millis> watchdog() const { return watchdog_; }

private:
    std::string socket_;  // A path, or '@' and an abstract name; empty: there is no manager.
    std::optional<Millis> watchdog_;
};

// "RELOADING=1", with the time that the protocol wants beside it.
[[nodiscard]] std::string reloading_message();

}  // namespace updraft::app
