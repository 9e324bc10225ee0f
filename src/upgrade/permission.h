// Whether the app that made an order may still act for its user.
//
// Lives here: the check before an order opens more upgrades, which may be long after the call.
//
// Not here:   the checks of a call (access/identify.h, access/token.h).
#pragma once

#include <optional>

#include "ports/store.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace updraft::upgrade {

// Nothing when the app may order for the user. Otherwise why not: Errc::app_unknown for one that
// was removed or disabled, Errc::app_forbidden, Errc::token_invalid without a grant. An absent app
// is an operator, who may.
[[nodiscard]] Result<std::optional<Error>> refusal_of(Tx const& tx,
                                                      std::optional<AppId> const& appid,
                                                      OpenId const& open_id);

}  // namespace updraft::upgrade
