// Changes the settings of an app.
//
// Lives here: the use case.
//
// Not here:   new keys (access/app_keys.h), verifying a push URL (push/receiver.h).
#pragma once

#include <optional>
#include <string>

#include "access/actor.h"
#include "access/app.h"
#include "ports/store.h"

namespace updraft::usecases {

// Absent members are not changed. `push_url` with an absent inner optional removes the URL: the app
// gets no pushes any more.
struct AppChange {
    AppId appid;
    std::optional<std::string> name;
    std::optional<bool> disabled;
    std::optional<bool> ota_enabled;
    std::optional<std::optional<std::string>> push_url;
    std::optional<access::PushEvents> push_events;
};

// A changed push URL, or the same one after a failed verification, is verified before messages are
// sent to it. Answers the app after the change. Errc::not_found.
[[nodiscard]] Result<access::App> change_app(Tx& tx, access::Actor const& actor,
                                             AppChange const& wanted, Instant now);

}  // namespace updraft::usecases
