// A third-party app: its identity, whether it may call, and where its messages are sent.
//
// Lives here: the type.
//
// Not here:   authenticating it (access/identify.h), its rows (ports/apps_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vocabulary/digest.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"

namespace updraft::access {

// Whether the push URL is verified.
enum class PushState : std::uint8_t { none, pending, verified, failed, suspended };

// The names of push states in the admin API, in metrics and in the store, in the order of
// PushState.
inline constexpr EnumWords<5> push_state_words{"none", "pending", "verified", "failed",
                                               "suspended"};

[[nodiscard]] constexpr std::string_view word(PushState state) {
    return word_in(push_state_words, state);
}
[[nodiscard]] constexpr std::optional<PushState> read_push_state(std::string_view text) {
    return value_in<PushState>(push_state_words, text);
}

// The message types that an app subscribes to.
struct PushEvents {
    bool progress = true;
    bool result = true;
    bool new_firmware = true;
    bool withdrawn = false;

    bool operator==(PushEvents const&) const = default;
};

// A text that is encrypted with the key of the key file (access/seal.h).
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
    std::optional<Sealed> old_push_secret;    // Also signs, in addition to the new one, until then.
    std::optional<Instant> old_keys_until;
    std::optional<std::string> push_url;
    PushEvents push_events;
    PushState push_state = PushState::none;
    Instant created_at;
};

}  // namespace updraft::access
