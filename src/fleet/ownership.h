// Checks that a device belongs to a user.
//
// Lives here: the check with which every call of an app about a device begins.
//
// Not here:   who the caller is (access/token.h), binding (fleet/enroll.h).
#pragma once

#include "fleet/device.h"
#include "ports/store.h"

namespace updraft::fleet {

// The user's device. Errc::not_bound, with the same text, for a device that does not exist, belongs
// to another user or is not bound, so that callers cannot find out which devices exist.
[[nodiscard]] Result<Device> owned(Tx const& tx, OpenId const& open_id, Did const& did);

}  // namespace updraft::fleet
