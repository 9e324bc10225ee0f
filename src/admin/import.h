// The call that enrols many devices from one body with a JSON object in each line
// (docs/admin-api.md#import).
//
// Lives here: reading lines into batches, one transaction for each batch, and the answer.
//
// Not here:   reading the object in a line (admin/devices.h), enrolling
//             (usecases/import_devices.h).
#pragma once

#include "admin/devices.h"

namespace updraft::admin {

// A wrong line is counted and skipped. An error of the store ends the import; the batches that were
// committed before stay.
asio::awaitable<Reply> import_devices(Context& context, Request const& request, Actor const& actor);

}  // namespace updraft::admin
