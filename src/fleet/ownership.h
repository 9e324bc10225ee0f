// Whose a device is.
//
// Lives here: the one question that every call about a device asks first.
// Not here:   who the caller is (access/token.h), binding (fleet/enroll.h).
#pragma once

#include "fleet/device.h"
#include "ports/store.h"

namespace updraft::fleet {

// The user's device. A device that does not exist and one that is another user's, or nobody's,
// answer alike: Errc::not_bound with the same words, so that nobody learns which devices exist.
[[nodiscard]] Result<Device> owned(Tx const& tx, OpenId const& open_id, Did const& did);

}  // namespace updraft::fleet
