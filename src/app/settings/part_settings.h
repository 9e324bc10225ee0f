// Makes the settings of each part from the settings of the program.
//
// Lives here: one function for each part.
//
// Not here:   reading settings (app/settings/settings.h), making the parts (app/wiring.cpp), the
//             settings of a bucket (app/settings/bucket_settings.h), the client of pushes
//             (app/push_client.h).
#pragma once

#include "app/settings/settings.h"
#include "http/listener.h"
#include "push/dispatch.h"
#include "sqlstore/postgres/options.h"
#include "sqlstore/sqlite/store.h"

namespace updraft::app {

[[nodiscard]] sqlstore::SqliteOptions sqlite_options(Settings::Store const& store);
[[nodiscard]] sqlstore::PostgresOptions postgres_options(Settings::Store const& store);
[[nodiscard]] push::DispatchSettings dispatch_settings(Settings::Push const& push);
[[nodiscard]] http::ListenerSettings listener_settings(Settings const& settings);
// For [admin] listen, which must be set: few threads, and limits of its own, so that devices and
// apps cannot use up the operators' connections.
[[nodiscard]] http::ListenerSettings admin_listener_settings(Settings const& settings);
// For [metrics] listen, which must be set: one thread and no TLS, as it serves one path only.
[[nodiscard]] http::ListenerSettings metrics_listener_settings(Settings const& settings);

}  // namespace updraft::app
