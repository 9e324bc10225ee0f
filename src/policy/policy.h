// What an end user wants for the upgrades of his devices.
//
// Lives here: the type, as it is set for a user or for one device.
//
// Not here:   reading it from text (policy/wish.h), what follows from both levels together
//             (policy/effective.h), rows (ports/policies_table.h).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::policy {

// Empty members are inherited: a device's from its user, a user's from the system.
struct Policy {
    std::string auto_upgrade;   // "1", "0" or empty.
    std::string upgrade_hours;  // "HH:MM-HH:MM" or empty.
    std::string time_zone;      // An IANA name, "±HH:MM" or empty.
    Instant changed_at;

    [[nodiscard]] bool says_nothing() const {
        return auto_upgrade.empty() && upgrade_hours.empty() && time_zone.empty();
    }
    bool operator==(Policy const&) const = default;
};

struct OfDevice {
    Did did;
    Policy policy;
};

// The policies of a user and of some of his devices. Absent: nothing was set.
struct OfUser {
    std::optional<Policy> user;
    std::map<Did, Policy> devices;
};

}  // namespace updraft::policy
