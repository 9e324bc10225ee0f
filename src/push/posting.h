// Makes the HTTP request of a message.
//
// Lives here: the headers (P1, P6), and opening an app's sealed keys for them.
//
// Not here:   the body (push/message.h), sending it (push/dispatch.h).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "access/app.h"
#include "ports/http_client.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::push {

// Opens a secret that was sealed with the key file (access/seal.h). Safe to call from any thread.
using Opener = std::function<Result<Secret>(access::Sealed const&)>;

// What one request tells.
struct Content {
    WebhookId const& id;
    std::string body;
    Instant event_at;                   // When what is told happened.
    std::optional<OrderId> order_id{};  // Absent: it is about no order, or that is not known.
};

// The request to the push URL of an app that has one. Until old_keys_until it carries two
// signatures, by the new secret and by the old one. Errc::corrupt when a key cannot be opened.
[[nodiscard]] Result<Parcel> make_parcel(access::App const& app, Opener const& open,
                                         Content content, Instant now, Millis timeout);

}  // namespace updraft::push
