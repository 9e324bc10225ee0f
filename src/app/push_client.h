// Makes the HTTP client that sends pushes, from the settings.
//
// Lives here: reading the files that [push] names: ca_file, and the file of proxy.
//
// Not here:   sending (webpost/curl_http_client.h), the other settings of pushes
//             (app/settings/part_settings.h).
#pragma once

#include <memory>

#include "app/settings/settings.h"
#include "app/watch/journal.h"
#include "vocabulary/result.h"
#include "webpost/curl_http_client.h"

namespace updraft::app {

// The settings of the client. Errc::invalid names the setting whose file cannot be read or whose
// content is wrong; no error contains the proxy's password.
[[nodiscard]] Result<webpost::HttpClientSettings> http_client_settings(Settings::Push const& push);

// The client. Logs a line when pushes go through a proxy. Errors as http_client_settings().
[[nodiscard]] Result<std::unique_ptr<webpost::CurlHttpClient>> open_push_client(
    Settings::Push const& push, Journal& journal);

}  // namespace updraft::app
