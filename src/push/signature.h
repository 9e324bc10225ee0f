// Signs pushes as Standard Webhooks defines it (https://www.standardwebhooks.com).
//
// Lives here: HMAC-SHA256 over id, time and body.
//
// Not here:   where secrets are kept (access/seal.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::push {

// The value of webhook-signature: "v1,<base64>" for each secret ("whsec_" and base64), separated by
// spaces. Errc::corrupt when a secret is not of that form.
[[nodiscard]] Result<std::string> sign(std::vector<Secret> const& secrets, WebhookId const& id,
                                       Instant at, std::string_view body);

}  // namespace updraft::push
