// Setting and showing policies, by an app for its user or by an operator.
//
// Lives here: the form of a change, and what is answered about a user and his devices.
//
// Not here:   inheritance (policy/effective.h), whose device it is (fleet/ownership.h), JSON
//             (openota/policy.h, admin/policies.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/effective.h"
#include "ports/store.h"
#include "ports/time_zones.h"
#include "vocabulary/result.h"

namespace updraft::policy {

// Absent members stay; an empty text goes back to what is inherited.
struct Change {
    std::optional<std::string> auto_upgrade;
    std::optional<std::string> upgrade_hours;
    std::optional<std::string> time_zone;
};

// Errc::invalid, naming the field, for a text that is none of its values.
[[nodiscard]] Result<void> check(Change const& change, TimeZones const& zones);

// Changes the policy of the user when `did` is empty, else of that device of his. `change` must
// have been checked. Answers the policy before the change.
[[nodiscard]] Result<Policy> set(Tx& tx, OpenId const& open_id, Did const& did,
                                 Change const& change, Instant now);

struct Shown {
    Did did;  // Empty: the user's default.
    Effective policy;
};
// The effective policy of that device of the user; with an empty did, the user's own.
[[nodiscard]] Result<Shown> show_one(Tx const& tx, OpenId const& open_id, Did const& did,
                                     std::string_view default_zone);
// Those of the user's devices after `after` that have a policy of their own, in order of did, at
// most `limit`.
[[nodiscard]] Result<std::vector<Shown>> show_devices(Tx const& tx, OpenId const& open_id,
                                                      Did const& after, std::int64_t limit,
                                                      std::string_view default_zone);

}  // namespace updraft::policy
