// The proxy through which posts may go.
//
// Lives here: reading its URL.
//
// Not here:   using it (webpost/transfer.h), the file that may hold the URL
//             (app/push_client.h).
#pragma once

#include <string>
#include <string_view>

#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::webpost {

struct Proxy {
    std::string url;   // "http://HOST:PORT", without a user.
    std::string user;  // Decoded; empty: the proxy wants none.
    Secret password;
};

// Reads "http://HOST:PORT" or "http://USER:PASSWORD@HOST:PORT". Errc::invalid, with a sentence that
// contains no part of the URL.
[[nodiscard]] Result<Proxy> read_proxy(std::string_view url);

}  // namespace updraft::webpost
