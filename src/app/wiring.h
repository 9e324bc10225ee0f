// The whole server as one object: every part made, joined and started, and stopped again in order.
//
// Lives here: starting on settings, the addresses it got, and an orderly end.
// Not here:   reading settings (app/settings.h), signals and the process around it
//             (app/serve.h), what the parts do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/journal.h"
#include "app/settings.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::app {

// Made and destroyed on one thread; works on threads of its own. Everything it keeps is in the data
// directory and the store: an abrupt end loses nothing that was acknowledged.
class Server {
public:
    // Listens and answers when this returns. Errors say what to do: another server on the same data
    // directory (conflict), a key that is not the store's (invalid), an address in use
    // (unavailable).
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(Settings settings, Journal& journal);

    // stop(), when nobody called it.
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    // "http://127.0.0.1:8080", one for each `listen`, in the order given; the real ports.
    [[nodiscard]] std::vector<std::string> const& origins() const;
    // The same for `metrics.listen`, when that is set.
    [[nodiscard]] std::optional<std::string> metrics_origin() const;
    // The admin token, as kept in DIR/admin-token; nothing when that file is not there.
    [[nodiscard]] std::optional<Secret> admin_token() const;

    // Reads certificate and key again; the old ones stay when that fails.
    [[nodiscard]] Result<void> reload_tls();

    // Accepts no more, finishes what runs (at most drain_timeout), writes what was collected, and
    // closes the store. Twice is once.
    void stop();

private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace updraft::app
