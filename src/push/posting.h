// A message as the HTTP request that carries it.
//
// Lives here: the headers (P1, P6), and opening an app's sealed keys for them.
// Not here:   the body (push/message.h), sending it (push/dispatch.h).
#pragma once

#include <functional>
#include <string>

#include "access/app.h"
#include "ports/http_client.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::push {

// Opens what the key file sealed (access/seal.h). Safe to call from any thread.
using Opener = std::function<Result<Secret>(access::Sealed const&)>;

// What goes to an app's push URL now. While its old keys are in grace, it carries both signatures.
// Errc::corrupt when a key does not open. The app has a push URL.
[[nodiscard]] Result<Parcel> make_parcel(access::App const& app, Opener const& open,
                                         WebhookId const& id, std::string body, Instant now,
                                         Millis timeout);

}  // namespace updraft::push
