// Who is calling: an app by its Appid and Appkey.
//
// Lives here: the one comparison that all calls of an app begin with.
// Not here:   which user it speaks for (access/token.h), how often it may call (access/rate.h).
#pragma once

#include <memory>

#include "access/app.h"
#include "ports/store.h"

namespace updraft::access {

// The enabled app with these keys, or Errc::app_unknown in the same words and after the same work,
// whether the Appid is unknown, the Appkey wrong or the app disabled.
[[nodiscard]] Result<std::shared_ptr<App const>> identify_app(Tx const& tx, AppId const& appid,
                                                              Sha256 const& appkey_digest,
                                                              Instant now);

// Compares all 32 bytes, wherever they differ.
[[nodiscard]] bool same_digest(Sha256 const& a, Sha256 const& b);

}  // namespace updraft::access
