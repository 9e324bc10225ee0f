// From what an operator set to what each part is given.
//
// Lives here: the translation, part by part.
// Not here:   reading settings (app/settings.h), making the parts (app/wiring.cpp).
#pragma once

#include "app/settings.h"
#include "http/listener.h"
#include "push/dispatch.h"
#include "sqlstore/postgres/options.h"
#include "sqlstore/sqlite/store.h"
#include "webpost/curl_http_client.h"

namespace updraft::app {

[[nodiscard]] sqlstore::SqliteOptions sqlite_options(Settings::Store const& store);
[[nodiscard]] sqlstore::PostgresOptions postgres_options(Settings::Store const& store);
[[nodiscard]] webpost::HttpClientSettings http_client_settings(Settings::Push const& push);
[[nodiscard]] push::DispatchSettings dispatch_settings(Settings::Push const& push);
[[nodiscard]] http::ListenerSettings listener_settings(Settings const& settings);
// For `metrics.listen`, which is set: one thread, no TLS, it answers one path to one scraper.
[[nodiscard]] http::ListenerSettings metrics_listener_settings(Settings const& settings);

}  // namespace updraft::app
