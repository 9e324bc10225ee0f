// Authenticates an app by its Appid and Appkey.
//
// Lives here: the comparison with which every call of an app begins.
//
// Not here:   for which user it calls (access/token.h), how often it may call (access/rate.h).
#pragma once

#include <memory>

#include "access/app.h"
#include "ports/store.h"

namespace updraft::access {

// The app. Errc::app_unknown, with the same text and after the same work, when the Appid is
// unknown, the Appkey is wrong or the app is disabled.
[[nodiscard]] Result<std::shared_ptr<App const>> identify_app(Tx const& tx, AppId const& appid,
                                                              Sha256 const& appkey_digest,
                                                              Instant now);

// Always compares all 32 bytes, so that the time does not show where they differ.
[[nodiscard]] bool same_digest(Sha256 const& a, Sha256 const& b);

}  // namespace updraft::access
