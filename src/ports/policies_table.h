// Rows of the policies of users and of their devices.
//
// Lives here: the interface that the domain uses. A device's policy belongs to the user who has the
//             device; the user of a device that is not bound is the empty OpenId.
// Not here:   the type (policy/policy.h), the SQL (sqlstore/tables/policies_rows.cpp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/policy.h"
#include "vocabulary/ids.h"
#include "vocabulary/result.h"

namespace updraft {

class PoliciesTable {
public:
    virtual ~PoliciesTable() = default;

    // The policies of that user and of those devices of his.
    [[nodiscard]] virtual Result<policy::OfUser> of(OpenId const& open_id,
                                                    std::span<Did const> dids) const = 0;
    // The policies of the user's devices after `after`, in order of did, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<policy::OfDevice>> of_devices(
        OpenId const& open_id, Did const& after, std::int64_t limit) const = 0;

    // Sets the policy of the user when `did` is empty, else of that device. One that says nothing
    // removes the row.
    virtual Result<void> put(OpenId const& open_id, Did const& did,
                             policy::Policy const& policy) = 0;
    // The device changes from one user to another: its policy goes to `to`, or is removed without
    // `to`. To be called when it leaves a user, is bound, or is removed.
    virtual Result<void> give(Did const& did, OpenId const& from, OpenId const* to) = 0;

    // Counts a start in that minute (since 1970), if it is below `limit`; false when it is not.
    virtual Result<bool> count_start(std::int64_t minute, std::int64_t limit) = 0;
    // The starts that were counted in that minute.
    [[nodiscard]] virtual Result<std::int64_t> starts_in(std::int64_t minute) const = 0;
};

}  // namespace updraft
