// Which release a device should take now, if any.
//
// Lives here: the one rule of offers (docs/open-api.md#offers).
// Not here:   whether an order may be made of it (upgrade/order.h), gateways and turns
// (upgrade/hand_out.h).
#pragma once

#include "firmware/release.h"

namespace updraft::firmware {

// The newest released firmware that can be installed on `current` and that came later than it; a
// version the catalog does not know came before everything. Never an older one, never the same one,
// none for a model that is not upgradable.
// Points into `catalog`; null when there is none.
[[nodiscard]] Release const* offer(Catalog const& catalog, Version const& current);

}  // namespace updraft::firmware
