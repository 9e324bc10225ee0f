// A device: which model it is, what it runs, whose it is, and when it was last heard of.
//
// Lives here: the noun and its limits.
// Not here:   enrolling (fleet/enroll.h), rows (ports/devices_table.h).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::fleet {

struct Device {
    Did did;
    std::string name;
    ModelName model;
    Version version;                     // What it last reported, or was enrolled with.
    std::optional<OpenId> open_id;       // Whose it is; absent while not bound.
    std::optional<Did> gateway_did;      // The gateway it hangs on, if any.
    Sha256 token_digest{};               // Of its device token.
    bool attributes_wanted = true;       // Until a configData PUT arrives.
    std::optional<UpgradeId> installed;  // The last upgrade that succeeded.
    std::optional<Instant> last_seen;
    Instant created_at;
};

using Attributes = std::map<std::string, std::string>;

inline constexpr std::size_t attributes_max = 100;
inline constexpr std::size_t attribute_bytes_max = 128;  // A key, and a value.
inline constexpr std::size_t device_name_bytes_max = 128;

}  // namespace updraft::fleet
