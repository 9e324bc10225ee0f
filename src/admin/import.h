// Enrolling many devices from one stream: a JSON object a line (docs/admin-api.md#import).
//
// Lives here: lines in batches, each batch one transaction, and the count of what became of them.
// Not here:   what a line says and what enrolling means (admin/devices.h, fleet/enroll.h).
#pragma once

#include "admin/devices.h"

namespace updraft::admin {

// A line that is wrong is counted and passed over. A store that refuses ends the import; what the
// batches before it enrolled stays.
asio::awaitable<Reply> import_devices(Context& context, Request const& request);

}  // namespace updraft::admin
