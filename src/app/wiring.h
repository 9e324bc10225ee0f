// The server as one object: makes all parts, connects them, starts them, and stops them in order.
//
// Lives here: starting with given settings, the addresses that it listens on, an orderly stop.
//
// Not here:   reading settings (app/settings/settings.h), signals and other matters of the process
//             (app/serve.h), the work of the parts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/settings/settings.h"
#include "app/watch/journal.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::app {

// Made and destroyed on one thread; works on threads of its own. All data is in the data directory,
// in the store, and in the bucket if there is one: an abrupt end of the process loses nothing that
// was acknowledged.
class Server {
public:
    // When this returns, the server accepts requests. Errors say what to do: another server on the
    // same data directory (conflict), a key that is not the store's (invalid), an address in use
    // (unavailable).
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(Settings settings, Journal& journal);

    // Calls stop().
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    // "http://127.0.0.1:8080", one for each `listen`, in the order given; the real ports.
    [[nodiscard]] std::vector<std::string> const& origins() const;
    // The same for `admin.listen`; empty when that is not set.
    [[nodiscard]] std::vector<std::string> admin_origins() const;
    // The same for `metrics.listen`, when that is set.
    [[nodiscard]] std::optional<std::string> metrics_origin() const;
    // The admin token, as kept in DIR/admin-token; nothing when that file is not there.
    [[nodiscard]] std::optional<Secret> admin_token() const;

    // Reads certificate and key again; the old ones stay when that fails. Logs a warning when the
    // certificate has expired or will within 21 days.
    [[nodiscard]] Result<void> reload_tls();

    // True when every I/O thread has worked since the last call. Used by one thread.
    [[nodiscard]] bool works();

    // From now on /readyz answers 503; everything is served as before.
    void announce_end();

    // Accepts no more connections, finishes running requests (waits at most drain_timeout), writes
    // what is only in memory, and closes the store. A second call has no effect.
    void stop();

private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace updraft::app
