// Which release a device should install now, if any.
//
// Lives here: the rule of offers (docs/open-api.md#offers).
//
// Not here:   why a release is not offered (firmware/eligibility.h), whether it may be ordered
//             (upgrade/order.h), when a device gets its upgrade (upgrade/).
#pragma once

#include <optional>

#include "firmware/release.h"

namespace updraft::firmware {

// The newest release that can be installed on `current`, was released after it and after
// `offers_after` (fleet/device.h), and is neither held nor unavailable; a `current` that is not in
// the catalog counts as older than all releases. Never the same or an older version, and nothing
// for a model that is not upgradable. Points into `catalog`; nullptr when there is none.
[[nodiscard]] Release const* offer(Catalog const& catalog, Version const& current,
                                   std::optional<ReleaseId> offers_after);

}  // namespace updraft::firmware
