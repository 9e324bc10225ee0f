// The two secrets of an app: the Appkey, with which the app authenticates, and the push secret,
// which signs our messages to it.
//
// Lives here: making and rotating them.
//
// Not here:   comparing an Appkey (access/identify.h), signing (push/signature.h).
#pragma once

#include <string>

#include "access/app.h"
#include "access/seal.h"
#include "ports/id_source.h"

namespace updraft::access {

inline constexpr std::size_t appkey_characters = 32;

// Shown only once, in the answer to the call that made them.
struct AppKeys {
    Secret appkey;       // 32 of [A-Za-z0-9].
    Secret push_secret;  // "whsec_" and base64 of 32 random bytes.
};

struct NewApp {
    App app;  // Not stored yet.
    AppKeys keys;
};
[[nodiscard]] NewApp new_app(std::string name, IdSource& id_source, Seal const& seal, Instant now);

// Sets new keys in `app`, which the caller must store. The old keys stay valid for `grace`; with
// zero they are invalid immediately.
[[nodiscard]] AppKeys rotate(App& app, Millis grace, IdSource& id_source, Seal const& seal,
                             Instant now);

}  // namespace updraft::access
