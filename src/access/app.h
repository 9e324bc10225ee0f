// A third-party app: who it is, whether it may call, and where it is told things.
//
// Lives here: the noun.
// Not here:   proving to be one (access/identify.h), its rows (ports/apps_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"

namespace updraft::access {

enum class PushState : std::uint8_t { none, pending, verified, failed, suspended };

// Which message types an app wants, as a set of bits.
struct PushEvents {
    bool progress = true;
    bool result = true;
    bool new_firmware = true;

    bool operator==(PushEvents const&) const = default;
};

// A text sealed with the key file (access/seal.h): useless without it.
struct Sealed {
    std::string base64;

    bool operator==(Sealed const&) const = default;
};

struct App {
    AppId appid;
    std::string name;
    bool disabled = false;
    bool ota_enabled = true;
    Sha256 appkey_digest{};                   // Compared on every call.
    Sealed appkey;                            // Sent in pushes.
    Sealed push_secret;                       // Signs pushes.
    std::optional<Sha256> old_appkey_digest;  // Still accepted until old_keys_until.
    std::optional<Sealed> old_push_secret;    // Signs beside the new one until then.
    std::optional<Instant> old_keys_until;
    std::optional<std::string> push_url;
    PushEvents push_events;
    PushState push_state = PushState::none;
    Instant created_at;
};

}  // namespace updraft::access
