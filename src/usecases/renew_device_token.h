// Gives a device a new token.
//
// Lives here: the use case.
//
// Not here:   the row (fleet/enroll.h), checking tokens (access/device_credential.h).
#pragma once

#include "access/actor.h"
#include "ports/id_source.h"
#include "ports/store.h"
#include "vocabulary/secret.h"

namespace updraft::usecases {

// Answers the new token. The old one is invalid from the commit on. Errc::not_found.
[[nodiscard]] Result<Secret> renew_device_token(Tx& tx, IdSource& id_source,
                                                access::Actor const& actor, Did const& did,
                                                Instant now);

}  // namespace updraft::usecases
