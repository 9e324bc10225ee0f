// Changes a firmware that is a draft or released.
//
// Lives here: the use case, and when its availability can be set.
//
// Not here:   the states of a release (firmware/publish.h).
#pragma once

#include "access/actor.h"
#include "firmware/publish.h"
#include "ports/store.h"

namespace updraft::usecases {

// Answers the release after the change. Errors as firmware::change(); Errc::conflict for an
// availability while a rollout of it is open; Errc::forbidden for `everyone` where rollouts of the
// model need an approval, unless the actor is an admin.
[[nodiscard]] Result<firmware::Release> change_firmware(Tx& tx, access::Actor const& actor,
                                                        ReleaseId id,
                                                        firmware::ReleaseChange const& wanted,
                                                        Instant now);

}  // namespace updraft::usecases
