// What `updraft device put` would take away from a device that exists.
//
// Lives here: asking the server for the device, and comparing it with what was named.
//
// Not here:   the call that replaces it (cli/commands.h).
#pragma once

#include <string>
#include <vector>

#include "cli/call.h"
#include "cli/client.h"
#include "json/reader.h"

namespace updraft::cli {

// Each thing that the device would lose, as "unbind it from user alice". `device` is as the admin
// API shows it.
[[nodiscard]] std::vector<std::string> losses(json::Object const& device, Given const& given);

// Errc::conflict, with the losses, when there are some. Succeeds for a device that does not exist.
// Errors of carry_out(). A change between this call and the next one is not seen.
[[nodiscard]] Result<void> loses_nothing(Endpoint const& endpoint, Given const& given);

}  // namespace updraft::cli
