// An operator sets the policy of a user or of a device.
//
// Lives here: the use cases.
//
// Not here:   the rules (policy/wish.h), setting it by an app (openota/policy.h).
#pragma once

#include "access/actor.h"
#include "policy/wish.h"
#include "ports/store.h"

namespace updraft::usecases {

// `change` must have been checked. Errc::not_found.
[[nodiscard]] Result<void> set_device_policy(Tx& tx, access::Actor const& actor, Did const& did,
                                             policy::Change const& change, Instant now);
[[nodiscard]] Result<void> set_user_policy(Tx& tx, access::Actor const& actor,
                                           OpenId const& open_id, policy::Change const& change,
                                           Instant now);

}  // namespace updraft::usecases
