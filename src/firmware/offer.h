// Which release a device should install now, if any.
//
// Lives here: the rule of offers (docs/open-api.md#offers).
//
// Not here:   why a release is not offered (firmware/eligibility.h), whether it may be ordered
//             (upgrade/order.h), when a device gets its upgrade (upgrade/).
#pragma once

#include "firmware/candidate.h"

namespace updraft::firmware {

// The newest release that can be installed on what the device runs, was released after it and after
// its `offers_after` (fleet/device.h), and is neither held, unavailable nor held back from the
// device by a rollout; a version that is not in the catalog counts as older than all releases.
// Never the same or an older version, and nothing for a model that is not upgradable. Points into
// `catalog`; nullptr when there is none.
[[nodiscard]] Release const* offer(Catalog const& catalog, Candidate const& device);
// The same for a device of the catalog's model; reads what the rollouts of the catalog ask for.
[[nodiscard]] Result<Release const*> offer(Tx const& tx, Catalog const& catalog,
                                           fleet::Device const& device);

// The offer, if apps are notified of it: not while a rollout installs it by itself.
[[nodiscard]] Release const* announced_offer(Catalog const& catalog, Candidate const& device);
[[nodiscard]] Result<Release const*> announced_offer(Tx const& tx, Catalog const& catalog,
                                                     fleet::Device const& device);

}  // namespace updraft::firmware
