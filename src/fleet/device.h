// A device: its model, its version, its user, and when it last polled.
//
// Lives here: the type and its limits.
//
// Not here:   enrolling (fleet/enroll.h), rows (ports/devices_table.h).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vocabulary/digest.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::fleet {

struct Device {
    Did did;
    std::string name;
    ModelName model;
    Version version;                     // The last one reported, installed or set by an operator.
    std::optional<OpenId> open_id;       // Its user; absent while not bound.
    std::optional<Did> gateway_did;      // Its gateway, if it is a sub-device.
    Sha256 token_digest{};               // Of its device token.
    bool attributes_wanted = true;       // True until the device sends its attributes.
    std::optional<UpgradeId> installed;  // The last upgrade that succeeded.
    // Only releases that are later than this one are offered: set when an operator took the way
    // back. Absent: all later than what it runs.
    std::optional<ReleaseId> offers_after = {};
    std::optional<Instant> last_seen;
    Instant created_at;
    std::vector<std::string> tags = {};  // Words of operators (fleet/tag.h), sorted.
};

using Attributes = std::map<std::string, std::string>;

inline constexpr std::size_t attributes_max = 100;
inline constexpr std::size_t attribute_bytes_max = 128;  // A key, and a value.
inline constexpr std::size_t device_name_bytes_max = 128;

}  // namespace updraft::fleet
