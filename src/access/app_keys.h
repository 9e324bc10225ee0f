// The two secrets of an app: the Appkey that it proves itself with, and the push secret that proves
// us to it.
//
// Lives here: making and rotating them.
// Not here:   who compares an Appkey (access/identify.h), who signs (push/signature.h).
#pragma once

#include <string>

#include "access/app.h"
#include "access/seal.h"
#include "ports/id_source.h"

namespace updraft::access {

inline constexpr std::size_t appkey_characters = 32;

// Shown once, to whoever asked for them.
struct AppKeys {
    Secret appkey;       // 32 of [A-Za-z0-9].
    Secret push_secret;  // "whsec_" and base64 of 32 random bytes.
};

struct NewApp {
    App app;  // Not stored yet.
    AppKeys keys;
};
[[nodiscard]] NewApp new_app(std::string name, IdSource& id_source, Seal const& seal, Instant now);

// New keys in `app`; the old ones go on working for `grace` (zero: they are dead at once).
[[nodiscard]] AppKeys rotate(App& app, Millis grace, IdSource& id_source, Seal const& seal,
                             Instant now);

}  // namespace updraft::access
